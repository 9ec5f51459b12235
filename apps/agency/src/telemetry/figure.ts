/** One number that is told to those who watch the Agency from outside, as Prometheus has it. */
export interface Figure {
  readonly name: FigureName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Every figure of what clients have: its help text, and the labels that it may have. docs/observability.md says more of them. */
export const figures = {
  agency_guarantee_measured: {
    help: 'What a guarantee was measured at last, over its window, in its unit.',
    labels: ['tenant', 'agreement', 'name', 'guarantee', 'term', 'of', 'compute', 'unit'],
  },
  agency_guarantee_wanted: {
    help: 'What a guarantee promises, in its unit.',
    labels: ['tenant', 'agreement', 'name', 'guarantee', 'term', 'of', 'compute', 'unit'],
  },
  agency_guarantee_budget_spent_ratio: {
    help: 'The part of its allowance that a guarantee has spent in its window; above 1 it is violated.',
    labels: ['tenant', 'agreement', 'name', 'guarantee', 'term', 'of', 'compute'],
  },
  agency_guarantee_violated: {
    help: '1 while a guarantee is violated, 0 while it is kept; nothing while it is undefined.',
    labels: ['tenant', 'agreement', 'name', 'guarantee', 'term', 'of', 'compute'],
  },
  agency_guarantee_at_risk: {
    help: '1 while a guarantee is kept but at risk, by its burn rates or its trend, 0 while not; nothing while it is undefined.',
    labels: ['tenant', 'agreement', 'name', 'guarantee', 'term', 'of', 'compute'],
  },
  agency_guarantee_burn_factor: {
    help: 'The greatest of 14.4, 6, 3 and 1 that both windows of its pair burn as fast as; 0 for none, and nothing unless the guarantee is kept.',
    labels: ['tenant', 'agreement', 'name', 'guarantee', 'term', 'of', 'compute'],
  },
  agency_compute_up: {
    help: '1 while the probes of a machine find it up, 0 while down; nothing while that is unknown.',
    labels: ['tenant', 'agreement', 'name', 'compute'],
  },
  agency_compute_response_seconds: {
    help: 'How long the last answer of a machine to a probe took.',
    labels: ['tenant', 'agreement', 'name', 'compute'],
  },
  agency_sensor_measurement: {
    help: 'What a collector of a sensor measured last, in its unit.',
    labels: ['tenant', 'sensor', 'collector', 'compute', 'metric', 'unit'],
  },
} as const;
export type FigureName = keyof typeof figures;

export const figureNames = Object.keys(figures) as readonly FigureName[];
