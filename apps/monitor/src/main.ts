import { closeBus, connectBus, consume, encoded, ensureStreams, StoredPublisher, subjects } from '@cloud-agency/bus';
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
  if (settings.natsUrl === undefined)
    throw new AgencyError('invalid-setting', {
      message: 'NATS_URL is not set: say where the NATS server is, e.g. NATS_URL=nats://127.0.0.1:4222',
    });
  const connection = await connectBus(
    { url: settings.natsUrl, ...(settings.natsToken ? { token: settings.natsToken } : {}) },
    monitorName,
  );
  try {
    await ensureStreams(connection);
    // An SQLite file has one user at a time: the lock of the data directory sees to it.
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
      connection.publish(subjects.assessment, encoded(assessment));
    },
  });
  await desk.look();
  const stopConsuming = await consume(connection, {
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
  return {
    async stop() {
      await stopConsuming();
      await desk.stop();
      await archive.stop();
    },
  };
}
