import {
  type Assessment,
  closeBus,
  connectBus,
  consume,
  encoded,
  ensureStreams,
  StoredPublisher,
  subjects,
} from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import type { AppContext, RunningApp, StartApp } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import { Archive } from './archive/archive.js';
import { monitorName, MonitorStore } from './store/monitor-store.js';
import { Duty } from './watches/duty.js';
import { WatchDesk } from './watches/watch-desk.js';

/** Measurements are kept for seven days, or as long as a guarantee looks back. */
const measurementsKeptMs = 7 * 24 * 3_600_000;

/** The monitor: measures what is agreed to be watched and tells what it finds (CFP.md 6). */
export const start: StartApp = async (context) => {
  const { settings } = context;
  if (settings.natsUrl === undefined) {
    throw new AgencyError('invalid-setting', {
      message: 'NATS_URL is not set. Start everything embedded with `npm start`, or give the URL of a NATS server.',
    });
  }
  const connection = await connectBus(
    { url: settings.natsUrl, ...(settings.natsToken ? { token: settings.natsToken } : {}) },
    monitorName,
  );
  try {
    await ensureStreams(connection);
    // An SQLite file is for one monitor alone, which has its duty back at once after a crash.
    const owner = settings.databaseUrl === undefined ? monitorName : context.ids.next();
    const store = await MonitorStore.open({ ...context, owner }, connection, new StoredPublisher(connection));
    const duty = new Duty(store.tables, { ...context, owner, begin: () => beginShift(context, store, connection) });
    await duty.renew();
    return {
      async stop() {
        await duty.stop();
        await store.close();
        await closeBus(connection);
      },
    };
  } catch (error) {
    await closeBus(connection);
    throw error;
  }
};

async function beginShift({ clock, log }: AppContext, store: MonitorStore, connection: NatsConnection): Promise<RunningApp> {
  const archive: Archive = new Archive(store.tables, { clock, log, keptFor: () => Math.max(measurementsKeptMs, desk.reach) });
  const desk = new WatchDesk({
    clock,
    log,
    archive,
    store,
    save: (agreement, changes) => store.save(agreement, changes),
    broadcast: (assessment) => {
      broadcast(connection, assessment);
    },
  });
  const stopWatching = async (): Promise<void> => {
    await desk.stop();
    await archive.stop();
  };
  try {
    await desk.look();
    const stopConsuming = await takeWatches({ log }, store, desk, connection);
    return {
      async stop() {
        await stopConsuming();
        await stopWatching();
      },
    };
  } catch (error) {
    await stopWatching();
    throw error;
  }
}

async function takeWatches({ log }: Pick<AppContext, 'log'>, store: MonitorStore, desk: WatchDesk, connection: NatsConnection) {
  return await consume(connection, {
    stream: 'events',
    subject: subjects.watch,
    durable: monitorName,
    handle: async (message, subject) => {
      const outcome = await store.takeWatch(message, subject);
      if (outcome === 'done') await desk.look();
      return outcome;
    },
    onError: (error) => {
      log.warn({ err: error }, 'A watch message could not be taken');
    },
  });
}

/** Running figures are a courtesy: what the bus cannot carry is left out, and findings tell what matters in any case. */
function broadcast(connection: NatsConnection, assessment: Assessment): void {
  const bytes = encoded(assessment);
  if (connection.isClosed() || bytes.length > (connection.info?.max_payload ?? Infinity)) return;
  connection.publish(subjects.assessment, bytes);
}
