import { consume, type StoredMessage } from '@cloud-agency/bus';
import type { AppContext } from '@cloud-agency/runtime';
import { takeOnce } from '@cloud-agency/store';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AgencyStore, Work } from '../store/agency-store.js';

/** What comes of many agreements at once shares commits. */
const atOnce = 32;

export interface Taking {
  readonly subject: string;
  /** Instances that take under one name share the work. */
  readonly durable: string;
  readonly effect: (work: Work, message: StoredMessage) => Promise<void>;
}

/** Takes in events of the bus, each message once. The returned function ends it. */
export async function takeEvents(
  connection: NatsConnection,
  store: AgencyStore,
  { log }: Pick<AppContext, 'log'>,
  { subject, durable, effect }: Taking,
): Promise<() => Promise<void>> {
  return await consume(connection, {
    stream: 'events',
    subject,
    durable,
    atOnce,
    handle: async (message) => {
      const outcome = await takeOnce(store.tables, { consumer: durable, subject, now: store.now() }, message, (transaction) =>
        store.within(transaction, (work) => effect(work, message)),
      );
      if (outcome === 'done') store.committed();
      return outcome;
    },
    onError: (error, message) => {
      log.error({ err: error, message }, 'A message from the bus could not be taken in; it is delivered again');
    },
  });
}
