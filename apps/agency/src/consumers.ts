import { consume, type Consumption, type StoredMessage, subjects } from '@cloud-agency/bus';
import type { AppContext } from '@cloud-agency/runtime';
import { takeOnce } from '@cloud-agency/store';
import type { NatsConnection } from '@nats-io/transport-node';
import { takeFinding } from './reactions/findings.js';
import { takeLoss, takeReturn } from './reactions/losses.js';
import { takeReport } from './resources/reports.js';
import { type Effects, takeResult } from './resources/tasks.js';
import type { AgencyStore, Work } from './store/agency-store.js';

type Effect = (work: Work, message: StoredMessage) => Promise<void>;

/** Takes in what vendor agents report and the monitor finds, each message once. The returned function ends it. */
export async function startConsumers(
  connection: NatsConnection,
  store: AgencyStore,
  context: AppContext,
  effects: Effects,
): Promise<() => Promise<void>> {
  const take = (subject: string, durable: string, effect: Effect): Consumption => ({
    stream: 'events',
    subject,
    durable,
    handle: async (message) => {
      const outcome = await takeOnce(store.tables, durable, message, subject, (transaction) =>
        effect(store.workOn(transaction), message),
      );
      if (outcome === 'done') store.committed();
      return outcome;
    },
    onError: (error, message) => {
      context.log.error({ err: error, message }, 'A message from the bus could not be taken in; it is delivered again');
    },
  });
  const reports = take(subjects.report, 'agency_reports', async (work, message) => {
    if (message.performative === 'inform-result') await takeResult(work, message, effects);
    else await takeReport(work, context.log, message);
    if (message.performative !== 'inform') return;
    if (message.state === 'lost') await takeLoss(work, context.ids, message);
    if (message.state === 'found') await takeReturn(work, message);
  });
  const findings = take(subjects.finding, 'agency_findings', async (work, message) => {
    if (message.performative === 'finding') await takeFinding(work, context.ids, message);
  });
  const endings = await Promise.all([consume(connection, reports), consume(connection, findings)]);
  return async () => {
    await Promise.all(endings.map((end) => end()));
  };
}
