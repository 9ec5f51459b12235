/** Every subject and stream of the bus. Agent names are subject tokens: lower-case letters, digits and hyphens. */
export const subjects = {
  /** Heartbeats of vendor agents (core NATS). */
  announce: 'agency.announce',
  /** Calls for proposals (core NATS request, many replies); each agent subscribes in a queue group of its own name. */
  cfp: 'agency.cfp',
  /** The same for one agent alone: counter-offers, and what is asked again of one that has not answered (core NATS request). */
  cfpOf: (agent: string) => `agency.cfp.${agent}`,
  /** Running figures of the monitor (core NATS). */
  assessment: 'agency.assessment',
  /** What vendors measure of machines, by their agents (core NATS). */
  readings: 'agency.readings',
  /** What machines cost, and the carbon intensity of where they stand, by the vendors' agents (core NATS). */
  values: 'agency.values',
  /** Samples of metrics for the monitor, in batches (core NATS request, answered once they are on disk). */
  samples: 'agency.samples',
  /** List prices that have changed, by the vendor agents (core NATS). */
  prices: 'agency.prices',
  /** What the sensors have measured, by the monitor (core NATS). */
  figures: 'agency.figures',
  /** What became of a metric of a resource over time: asked of the monitor (core NATS request). */
  history: 'agency.history',
  /** What the archive has of some days (core NATS request, answered by a monitor). */
  days: 'agency.days',
  /** What guarantees came to over a time, by what the archive has of it (core NATS request, answered by a monitor). */
  measured: 'agency.measured',
  /** What processes of the agency ask of those that play a role for them (core NATS request, in a queue group of the role's name). */
  role: (role: string) => `agency.role.${role}`,
  /** A receiver tells a sender that a stored message took effect (core NATS): the sender stops resending it. */
  receipt: (sender: string) => `agency.receipt.${sender}`,
  /** Commands to one agent (stream `commands`). */
  command: (receiver: string) => `agency.command.${receiver}`,
  /** What vendor agents report (stream `events`). */
  report: 'agency.event.report',
  /** What the agency wants watched (stream `events`). */
  watch: 'agency.event.watch',
  /** What the agency's clients want measured (stream `events`). */
  observe: 'agency.event.observe',
  /** What the monitor found (stream `events`). */
  finding: 'agency.event.finding',
  /** What the monitor has seen of vendors' machines (stream `events`). */
  uptime: 'agency.event.uptime',
} as const;

export const streams = {
  commands: { name: 'agency_commands', subjects: ['agency.command.*'] },
  events: { name: 'agency_events', subjects: ['agency.event.*'] },
} as const;
