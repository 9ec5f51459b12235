import { closeBus, connectBus, ensureStreams, StoredPublisher } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import type { AppContext, RunningApp, StartApp } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import { Assessments } from './agreements/assessments.js';
import { attached, realised } from './assets/outcomes.js';
import { computeOperated } from './brokerage/compute-operations.js';
import { moveStorage } from './assets/moving.js';
import { Keeper } from './assets/keeper.js';
import { Stewardship } from './calls/stewardship.js';
import { Intake } from './brokerage/intake.js';
import { Policies } from './negotiation/policies.js';
import { CallDesk } from './calls/call-desk.js';
import { CallWorker } from './calls/call-worker.js';
import { Negotiator } from './calls/negotiator.js';
import { Pace } from './calls/pace.js';
import { Provisioner } from './calls/provisioner.js';
import { startConsumers } from './consumers.js';
import { startFront } from './front/start-front.js';
import { Mediator } from './mediation/mediator.js';
import { VendorRegistry } from './mediation/registry.js';
import { Solver } from './negotiation/solver.js';
import { TenantQuotas } from './negotiation/tenant-quotas.js';
import { Planner } from './reactions/planner.js';
import { heedMarket } from './reactions/market.js';
import { takeOver } from './reactions/taking-over.js';
import { Tier } from './reactions/tier.js';
import { activate } from './resources/activation.js';
import { Carrier } from './renegotiation/carrier.js';
import { RenegotiationDesk } from './renegotiation/desk.js';
import { Evaluator } from './renegotiation/evaluator.js';
import { MarketWatch } from './renegotiation/market-watch.js';
import { Proposer } from './renegotiation/proposer.js';
import { Renegotiator } from './renegotiation/renegotiator.js';
import { Rescue } from './renegotiation/rescue.js';
import { wakeRenegotiation } from './resources/reports.js';
import { imageSaved } from './resources/saved-images.js';
import { type Effects, silence, silentTasks, takeResult } from './resources/tasks.js';
import { Verifier } from './resources/verifier.js';
import { LatestFigures } from './sensors/figures.js';
import { AgencyStore, type Work } from './store/agency-store.js';
import { EventFeed } from './store/event-feed.js';
import type { PlacementRow } from './store/tables.js';
import { WorkLoop } from './store/work-loop.js';
import { Deliverer } from './webhooks/deliverer.js';

/** The agency: front, client agent, mediator, negotiator and tier in one process. */
export const start: StartApp = async (context: AppContext): Promise<RunningApp> => {
  const { settings } = context;
  if (settings.natsUrl === undefined) {
    throw new AgencyError('invalid-setting', {
      message: 'NATS_URL is not set. Start everything embedded with `npm start`, or give the URL of a NATS server.',
    });
  }
  const address = { url: settings.natsUrl, ...(settings.natsToken ? { token: settings.natsToken } : {}) };
  const connection = await connectBus(address, 'agency');
  await ensureStreams(connection);
  const store = await AgencyStore.open(context, connection, new StoredPublisher(connection));
  return await assemble(context, connection, store);
};

async function assemble(context: AppContext, connection: NatsConnection, store: AgencyStore): Promise<RunningApp> {
  const registry = new VendorRegistry(store, context);
  const solver = new Solver(new URL('../../../dist/solver-thread.js', import.meta.url));
  const mediator = new Mediator(connection, registry, context);
  const assessments = new Assessments();
  const figures = new LatestFigures();
  solver.warmUp();
  await registry.start(connection);
  assessments.start(connection, context.log);
  figures.start(connection, context.log);

  const owner = context.settings.databaseUrl === undefined ? 'embedded' : context.ids.next();
  const ownAgents = context.settings.config.accounts.map(({ name }) => name);
  const vendorsAreThere = (): boolean => registry.haveShownUp(ownAgents);
  const policies = new Policies(store.tables);
  const intake = new Intake(store, context.clock);
  const pace = new Pace(context.clock, () => intake.isBusy());
  const quotas = new TenantQuotas(context.settings.config.quotas);
  const negotiator = new Negotiator(store, mediator, solver, quotas, context);
  const provisioner = new Provisioner(store, mediator, solver, quotas, context);
  const evaluator = new Evaluator(store, mediator, solver, quotas, context);
  const carrier = new Carrier(store, context, new Rescue(store, mediator, solver, quotas, context), takeOver);
  const proposer = new Proposer(store, evaluator, quotas, context);
  const workers = [
    new CallWorker(store, context, owner, negotiator, provisioner, vendorsAreThere, () => pace.room()),
    new Verifier(store, context, verified),
    new Keeper(store, context, registry),
    new Tier({ store, context, vendors: registry, planner: new Planner(store, mediator, solver, quotas, context) }, owner),
    new Renegotiator(store, context, owner, proposer, carrier),
    new MarketWatch(store, context, owner, evaluator, (work, cheaper) => heedMarket(work, context.ids, cheaper), Math.random),
    new Deliverer(store, context),
    silenceWatch(store, context),
  ];
  const endConsumers = await startConsumers(connection, store, context, effects);
  const front = await startFront(context, {
    store,
    registry,
    negotiator,
    assessments,
    figures,
    connection,
    mediator,
    policies,
    intake,
    quotas,
    desk: new CallDesk(store, context.ids, policies, quotas),
    stewardship: new Stewardship(store),
    renegotiations: new RenegotiationDesk(store, context.ids, policies, quotas),
    feed: new EventFeed(store),
  });
  return {
    async stop() {
      await front.close();
      pace.stop();
      await Promise.all(workers.map((worker) => worker.stop()));
      await endConsumers();
      await registry.stop();
      assessments.stop();
      figures.stop();
      await solver.close();
      await store.close();
      await closeBus(connection);
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
