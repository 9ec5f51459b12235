/** Guarantees of many kinds over many machines, as the agency tells its monitor of them. */
const minute = 60_000;

/** Four for each machine, each machine in an agreement of its own. All is what the machines say themselves, so nothing is probed. */
export function mixedWatches(guarantees) {
  return Array.from({ length: guarantees / 4 }, (_, index) => ({
    agreement: `agreement-${index}`,
    version: 1,
    active: true,
    resources: [{ resource: `machine-${index}`, item: 'web', placement: `placement-${index}`, address: '127.0.0.1' }],
    probes: [],
    guarantees: [
      { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.999, over: 30 * 24 * 60 * minute, by: 'resource' },
      { term: 'response_time', of: 'web', scope: { as: 'each' }, percentile: 95, atMost: 400, over: 5 * minute, by: 'resource' },
      {
        term: 'cpu_utilisation',
        of: 'web',
        scope: { as: 'each' },
        statistic: 'maximum',
        atMost: 0.95,
        over: 10 * minute,
        by: 'resource',
      },
      {
        term: 'memory_utilisation',
        of: 'web',
        scope: { as: 'each' },
        statistic: 'mean',
        atMost: 0.95,
        over: 60 * minute,
        by: 'resource',
      },
    ],
  }));
}

const metrics = ['up', 'response_time', 'cpu_utilisation', 'memory_utilisation'];

/** The series that a watch is about. */
export const seriesNames = ({ resources }) =>
  resources.flatMap(({ resource, placement }) => metrics.map((metric) => ({ resource, placement, metric, source: 'resource' })));

/** What is measured: nearly all of it kept. */
export function valueOf(metric, turn) {
  if (metric === 'up') return 1;
  if (metric === 'response_time') return 20 + (turn % 97);
  return ((turn * 7919) % 89) / 100;
}

export const watchMessage = ({ agreement, version, active, resources, probes, guarantees }) => ({
  id: `watch-${agreement}`,
  conversation: agreement,
  sender: 'bench',
  sequence: 1,
  previous: 0,
  sentAt: new Date().toISOString(),
  performative: 'watch',
  agreement,
  version,
  active,
  resources,
  probes,
  guarantees,
});
