import { decoded, encoded, type HistoryRefusal, HistoryRequest, subjects, validated } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import { type AppContext, keepingOf, monitoringOf, repeated, type RunningApp } from '@cloud-agency/runtime';
import { forgetMessages } from '@cloud-agency/store';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { monitorName, type MonitorStore } from '../store/monitor-store.js';
import { diskOf } from './disk.js';
import { HistoryDesk } from './history.js';
import { Keeper } from './keeper.js';
import { Packs } from './packs.js';
import { rawSources } from './raw-sources.js';
import { Records } from './records.js';
import { RollUps } from './roll-ups.js';
import { Uptimes } from './uptimes.js';

const everyMs = 60_000;
const recordsEveryMs = 3_600_000;
/** Questions that are answered at a time; who comes when there are more is told to ask again. */
const mostAtOnce = 8;

/** What is made of samples, and what is let go of them, for as long as this monitor is on duty. `reach`: how far back samples are needed, ms. */
export function startArchive(
  context: AppContext,
  store: MonitorStore,
  connection: NatsConnection,
  reach: () => number,
): RunningApp {
  const { clock, log } = context;
  const settings = monitoringOf(context.settings.config.monitoring);
  const common = { clock, sources: rawSources };
  const rollUps = new RollUps(store.tables, common);
  const keeper = new Keeper(store.tables, { ...common, log, settings, disk: diskOf(store.tables), reach });
  const packs = new Packs(store.tables, { clock, fence: (transaction) => store.fence(transaction) });
  const records = new Records(store.tables, clock, keepingOf(context.settings.config.keep).ended);
  const uptimes = new Uptimes(store.tables, {
    ...common,
    ids: context.ids,
    sender: monitorName,
    settledAfter: settings.statistics.every,
    keptFor: settings.statistics.over,
    fence: (transaction) => store.fence(transaction),
    posted: () => {
      store.wake();
    },
  });
  const loops = [
    repeated(context, everyMs, 'The roll-ups could not be brought up to date', async () => {
      await rollUps.make();
      await keeper.sweep();
    }),
    repeated(
      context,
      everyMs,
      'Samples could not be packed; those of reports are looked for among all until they are',
      async () => {
        await packs.make();
        await packs.forget();
      },
    ),
    repeated(context, everyMs, 'Which messages were taken long ago could not be forgotten', () =>
      forgetMessages(store.tables, clock.now()),
    ),
    repeated(context, recordsEveryMs, 'What is over could not be forgotten', () => records.sweep()),
    repeated(context, settings.statistics.every, 'What machines have been like could not be summed up', () =>
      uptimes.bringUpToDate(),
    ),
  ];
  const history = answerHistory(context, connection, new HistoryDesk(store.tables, rawSources));
  return {
    async stop() {
      history();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

function answerHistory({ log }: AppContext, connection: NatsConnection, desk: HistoryDesk): () => void {
  let inHand = 0;
  const answer = async (message: Msg): Promise<void> => {
    inHand += 1;
    try {
      message.respond(encoded(await desk.answer(validated(HistoryRequest, decoded(message.data)))));
    } catch (error) {
      log.warn({ err: error }, 'A question for what was measured could not be answered');
      message.respond(encoded(refusalOf(error)));
    } finally {
      inHand -= 1;
    }
  };
  const subscription = connection.subscribe(subjects.history, {
    callback: (error, message) => {
      if (error) return;
      if (inHand < mostAtOnce) void answer(message);
      else message.respond(encoded(tooMuch));
    },
  });
  return () => {
    subscription.unsubscribe();
  };
}

const tooMuch: HistoryRefusal = { problem: 'too much is asked at a time', passing: true };

function refusalOf(error: unknown): HistoryRefusal {
  if (error instanceof AgencyError && error.status < 500) return { problem: error.message.slice(0, 1_000) };
  return { problem: 'it could not be read; the log of the monitor says why', passing: true };
}
