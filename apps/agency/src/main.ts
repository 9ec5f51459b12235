import { closeBus, connectBus, ensureStreams, StoredPublisher } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import type { AppContext, RunningApp, StartApp } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import { Intake } from './brokerage/intake.js';
import { Negotiator } from './calls/negotiator.js';
import { startClient } from './roles/client-role.js';
import { startFrontRole } from './roles/front-role.js';
import { openGround, openSolver } from './roles/ground.js';
import { serveMediation, serveNegotiation } from './roles/serving.js';
import { startTier } from './roles/tier-role.js';
import { AgencyStore } from './store/agency-store.js';

/** The agency: front, client agent, mediator, negotiator and tier, or those of them that AGENCY_ROLES gives to this process. */
export const start: StartApp = async (context: AppContext): Promise<RunningApp> => {
  const { settings } = context;
  if (settings.natsUrl === undefined) {
    throw new AgencyError('invalid-setting', {
      message: 'NATS_URL is not set. Start everything embedded with `npm start`, or give the URL of a NATS server.',
    });
  }
  const address = { url: settings.natsUrl, ...(settings.natsToken ? { token: settings.natsToken } : {}) };
  const connection = await connectBus(address, `agency ${settings.roles.join(',')}`);
  await ensureStreams(connection);
  const solver = openSolver(context);
  // In the order in which they stop: the front first, those that others ask for work last.
  const running: RunningApp[] = [];
  if (settings.roles.some((role) => role !== 'negotiator')) running.push(...(await startRoles(context, connection, solver)));
  if (solver) running.push(serveNegotiation(connection, solver, context.log));
  return {
    async stop() {
      for (const part of running) await part.stop();
      await solver?.close();
      await closeBus(connection);
    },
  };
};

/** The roles that work on the store. */
async function startRoles(
  context: AppContext,
  connection: NatsConnection,
  solver: ReturnType<typeof openSolver>,
): Promise<readonly RunningApp[]> {
  const store = await AgencyStore.open(context, connection, new StoredPublisher(connection));
  const ground = await openGround(context, connection, store, solver);
  const { roles } = context.settings;
  const intake = new Intake(store, context.clock);
  const negotiator = new Negotiator(store, ground.mediator, ground.solver, ground.quotas, context);
  const running: RunningApp[] = [{ stop: () => ground.close() }];
  if (roles.includes('mediator')) running.unshift(serveMediation(ground));
  if (roles.includes('tier')) running.unshift(await startTier(ground));
  if (roles.includes('client')) running.unshift(await startClient(ground, negotiator, () => intake.isBusy()));
  if (roles.includes('front')) running.unshift(await startFrontRole(ground, negotiator, intake));
  return running;
}
