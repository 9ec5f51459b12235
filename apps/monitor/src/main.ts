import {
  BusinessValues,
  answerDays,
  answerMeasured,
  closeBus,
  connectBus,
  consume,
  type Consumption,
  decoded,
  encoded,
  ensureStreams,
  Readings,
  StoredPublisher,
  subjects,
  validated,
} from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import { type AppContext, type Log, monitoringOf, type RunningApp, type StartApp } from '@cloud-agency/runtime';
import { Duty } from '@cloud-agency/store';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Static, TSchema } from '@sinclair/typebox';
import { startArchive } from './archive/archive-room.js';
import { daysOf } from './archive/days.js';
import { measuredIn } from './archive/month-terms.js';
import { SampleArchive } from './archive/sample-archive.js';
import { takeSamples } from './intake/samples-in.js';
import { holdLittleMemory } from './memory.js';
import { businessMeasurements } from './meters/business-values.js';
import { MetricBoard } from './meters/metric-board.js';
import { vendorMeasurements } from './meters/vendor-samples.js';
import { SensorDesk } from './sensors/sensor-desk.js';
import { monitorName, MonitorStore } from './store/monitor-store.js';
import { Observations, sensorsConsumer } from './store/observations.js';
import { Assessing } from './watches/assessing.js';

/** The monitor: measures what is agreed to be watched and tells what it finds (CFP.md 6). */
export const start: StartApp = async (context) => {
  holdLittleMemory();
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
    const store = await MonitorStore.open(context, connection, new StoredPublisher(connection));
    const duty = new Duty(store.tables, {
      id: monitorName,
      owner,
      clock: context.clock,
      begin: (isOnDuty) => beginShift(context, store.during(isOnDuty), connection),
      onError: (error) => {
        context.log.error({ err: error }, 'The monitor could not claim its duty; it is tried again');
      },
    });
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

/** One after the other; what has begun is stopped again when the next cannot. */
async function beginShift(context: AppContext, store: MonitorStore, connection: NatsConnection): Promise<RunningApp> {
  const board = new MetricBoard();
  const watching = await beginWatching(context, store, connection, board);
  try {
    const measuring = await beginMeasuring(context, store, connection, board);
    // A guarantee keeps what it has made of its samples by itself: none looks back at them.
    const archive = startArchive(context, store, connection, () => 0);
    return {
      async stop() {
        await archive.stop();
        await measuring.stop();
        await watching.stop();
      },
    };
  } catch (error) {
    await watching.stop();
    throw error;
  }
}

/** What is agreed to be watched. */
async function beginWatching(
  { clock, log, ids, settings }: AppContext,
  store: MonitorStore,
  connection: NatsConnection,
  board: MetricBoard,
): Promise<RunningApp> {
  const { keep } = monitoringOf(settings.config.monitoring);
  const assessing = await Assessing.open({
    ...{ clock, log, ids, store, board },
    tables: store.tables,
    broadcast: (assessment) => {
      broadcast(connection, subjects.assessment, assessment);
    },
  });
  const { desk, intake, feed } = assessing;
  const desks = {
    look: () => desk.look(),
    stop: () => assessing.stop(),
  };
  const running = await begin(desks, () =>
    takeInto(desk, connection, log, {
      subject: subjects.watch,
      durable: monitorName,
      handle: (message, subject) => store.takeWatch(message, subject),
    }),
  );
  const stopHearing = hear(connection, Readings, subjects.readings, log, (readings) => {
    desk.take(readings);
    feed.tell('vendor', vendorMeasurements(readings));
  });
  const stopHearingValues = hear(connection, BusinessValues, subjects.values, log, (values) => {
    feed.tell('business', businessMeasurements(values));
  });
  const stopTaking = takeSamples(connection, intake, log);
  const stopAnswering = answerDays(
    connection,
    (request) => daysOf(store.tables, request, { now: clock.now(), keep }),
    (error) => {
      log.warn({ err: error }, 'The days of a report could not be read');
    },
  );
  const stopMeasuring = answerMeasured(
    connection,
    (request) => measuredIn(store.tables, request),
    (error) => {
      log.warn({ err: error }, 'What guarantees of a report came to could not be read');
    },
  );
  return {
    async stop() {
      stopTaking();
      stopAnswering();
      stopMeasuring();
      stopHearing();
      stopHearingValues();
      await running.stop();
    },
  };
}

/** What clients want measured. */
async function beginMeasuring(
  { clock, log }: AppContext,
  { tables }: MonitorStore,
  connection: NatsConnection,
  board: MetricBoard,
): Promise<RunningApp> {
  const archive = new SampleArchive(tables, { clock, log });
  const store = new Observations(tables, clock);
  const desk = new SensorDesk({
    clock,
    log,
    board,
    archive,
    store,
    broadcast: (figures) => {
      broadcast(connection, subjects.figures, figures);
    },
  });
  const desks = {
    look: () => desk.look(),
    async stop() {
      await desk.stop();
      await archive.stop();
    },
  };
  return await begin(desks, () =>
    takeInto(desk, connection, log, {
      subject: subjects.observe,
      durable: sensorsConsumer,
      handle: (message, subject) => store.take(message, subject),
    }),
  );
}

/** What is broadcast by others. What does not follow its contract is passed over. */
function hear<Schema extends TSchema>(
  connection: NatsConnection,
  schema: Schema,
  subject: string,
  log: Log,
  take: (message: Static<Schema>) => void,
): () => void {
  const subscription = connection.subscribe(subject, {
    callback: (error, message) => {
      if (error) return;
      try {
        take(validated(schema, decoded(message.data)));
      } catch (problem) {
        log.warn({ err: problem, subject }, 'A message does not follow its contract; it is passed over');
      }
    },
  });
  return () => {
    subscription.unsubscribe();
  };
}

interface Desk extends RunningApp {
  look(): Promise<void>;
}

async function begin(desk: Desk, startConsuming: () => Promise<() => Promise<void>>): Promise<RunningApp> {
  try {
    await desk.look();
    const stopConsuming = await startConsuming();
    return {
      async stop() {
        await stopConsuming();
        await desk.stop();
      },
    };
  } catch (error) {
    await desk.stop();
    throw error;
  }
}

type Taking = Pick<Consumption, 'subject' | 'durable' | 'handle'>;

/** What comes of many agreements at once shares commits, and looks at what is to be watched. */
const atOnce = 32;

/** The desk looks again after each message that took effect. */
async function takeInto(
  desk: Pick<Desk, 'look'>,
  connection: NatsConnection,
  log: Log,
  taking: Taking,
): Promise<() => Promise<void>> {
  return await consume(connection, {
    ...taking,
    stream: 'events',
    atOnce,
    handle: async (message, subject) => {
      const outcome = await taking.handle(message, subject);
      if (outcome === 'done') await desk.look();
      return outcome;
    },
    onError: (error) => {
      log.warn({ err: error }, `A message on ${taking.subject} could not be taken`);
    },
  });
}

/** Running figures are a courtesy: what the bus cannot carry is left out, and findings tell what matters in any case. */
function broadcast(connection: NatsConnection, subject: string, figures: object): void {
  const bytes = encoded(figures);
  if (connection.isClosed() || bytes.length > (connection.info?.max_payload ?? Infinity)) return;
  connection.publish(subject, bytes);
}
