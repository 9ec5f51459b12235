import { subjects } from '@cloud-agency/bus';
import { type AppContext, keepingOf, repeated, type RunningApp } from '@cloud-agency/runtime';
import { forgetMessages } from '@cloud-agency/store';
import { agreementCalendar } from '../agreements/calendar.js';
import { Keeper } from '../assets/keeper.js';
import { moveStorage } from '../assets/moving.js';
import { attached, realised } from '../assets/outcomes.js';
import { computeOperated } from '../brokerage/compute-operations.js';
import { CallWorker } from '../calls/call-worker.js';
import type { Negotiator } from '../calls/negotiator.js';
import { Pace } from '../calls/pace.js';
import { Provisioner } from '../calls/provisioner.js';
import { VendorBook } from '../mediation/vendor-book.js';
import { heedNotice } from '../reactions/announcements.js';
import { takeLoss, takeReturn } from '../reactions/losses.js';
import { takeOver } from '../reactions/taking-over.js';
import { activate } from '../resources/activation.js';
import { takeReport, wakeRenegotiation } from '../resources/reports.js';
import { imageSaved } from '../resources/saved-images.js';
import { type Effects, silence, silentTasks, takeResult } from '../resources/tasks.js';
import { Verifier } from '../resources/verifier.js';
import { takeUptime } from '../statistics/facts.js';
import { startForgetting } from '../statistics/forgetting.js';
import { takePrices } from '../statistics/prices.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { ConversationKeeper } from '../store/conversation-keeper.js';
import { EventKeeper } from '../store/event-keeper.js';
import { RecordKeeper } from '../store/record-keeper.js';
import type { PlacementRow } from '../store/tables.js';
import { WorkLoop } from '../store/work-loop.js';
import { Deliverer } from '../webhooks/deliverer.js';
import { version } from '../front/start-front.js';
import { startRemoteWrite } from '../telemetry/remote-write/start.js';
import { takeEvents } from './consuming.js';
import type { Ground } from './ground.js';

/**
 * The clients' agent: takes their calls from state to state, and their machines with all that belongs to them; tells them by webhook.
 * @param isUrgent whether this process's own clients wait for orders to be taken in.
 */
export async function startClient(ground: Ground, negotiator: Negotiator, isUrgent: () => boolean): Promise<RunningApp> {
  const { connection, store, registry, mediator, solver, quotas, context, owner } = ground;
  const ownAgents = context.settings.config.accounts.map(({ name }) => name);
  const vendorsAreThere = (): boolean => registry.haveShownUp(ownAgents);
  const pace = new Pace(context.clock, isUrgent);
  const provisioner = new Provisioner(store, mediator, solver, quotas, context);
  const book = new VendorBook(store, registry, context, owner);
  await book.start();
  const { assessments, figures } = ground;
  const remote = startRemoteWrite(context, { tables: store.tables, assessments, figures, clock: context.clock }, owner, version);
  const keep = keepingOf(context.settings.config.keep);
  const workers = [
    ...(remote ? [remote] : []),
    new CallWorker(store, context, owner, negotiator, provisioner, vendorsAreThere, () => pace.room()),
    new Verifier(store, context, verified, owner),
    new Keeper(store, context, registry),
    new Deliverer(store, context, owner, Math.random),
    new EventKeeper(store, context, { forMs: keep.events }),
    new ConversationKeeper(store, context, keep.conversations),
    new RecordKeeper(store, context, keep.ended),
    silenceWatch(store, context),
    agreementCalendar(store, context),
    book,
    startForgetting(store.tables, context),
    repeated(context, 60_000, 'Which messages were taken long ago could not be forgotten', () =>
      forgetMessages(store.tables, context.clock.now()),
    ),
  ];
  const endReports = await takeEvents(connection, store, context, {
    subject: subjects.report,
    durable: 'agency_reports',
    effect: async (work, message) => {
      if (message.performative === 'inform-result') {
        await takeResult(work, message, effects);
        return;
      }
      await takeReport(work, context.log, message, (same, resource, event) => heedNotice(same, context.ids, resource, event));
      if (message.performative !== 'inform') return;
      if (message.state === 'lost') await takeLoss(work, context.ids, message);
      if (message.state === 'found') await takeReturn(work, message);
    },
  });
  const endUptimes = await takeEvents(connection, store, context, {
    subject: subjects.uptime,
    durable: 'agency_uptimes',
    effect: async (work, message) => {
      if (message.performative === 'uptime') await takeUptime(work, message);
    },
  });
  const endPrices = await takeEvents(connection, store, context, {
    subject: subjects.prices,
    durable: 'agency_prices',
    effect: async (work, message) => {
      if (message.performative === 'prices') await takePrices(work, message);
    },
  });
  return {
    async stop() {
      pace.stop();
      await Promise.all(workers.map((worker) => worker.stop()));
      await endReports();
      await endUptimes();
      await endPrices();
    },
  };
}

/** What follows from operations that have ended. */
const effects: Effects = {
  compute: computeOperated,
  image: imageSaved,
  realisation: realised,
  attachment: (work, task, outcome) => attached(work, task, outcome, takeOver),
};

/** Operations whose agent is gone end too. */
const silenceWatch = (store: AgencyStore, context: AppContext): WorkLoop =>
  new WorkLoop(store, context, {
    name: 'operation without an answer',
    reads: ['task'],
    due: (now) => silentTasks(store.tables, now),
    step: (id) => store.work((work) => takeResult(work, { task: id, outcome: silence }, effects)),
  });

/** A first machine brings its compute up; a replacement takes over, once the storage has followed; a renegotiation waits until all of its are there. */
async function verified(work: Work, placement: PlacementRow): Promise<void> {
  const together = await wakeRenegotiation(work, placement);
  if (placement.replaces === null) await activate(work, placement);
  else if (together) return;
  else if (!(await moveStorage(work, placement))) await takeOver(work, placement);
}
