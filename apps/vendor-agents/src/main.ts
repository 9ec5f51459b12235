import { closeBus, connectBus, ensureStreams, StoredPublisher } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import { keepingOf, repeated, type StartApp } from '@cloud-agency/runtime';
import { forgetMessages, Relay } from '@cloud-agency/store';
import 'reflect-metadata';
import { checkAccounts } from './agent/account-check.js';
import { startAgent } from './agent/agent.js';
import { Instances } from './agent/instances.js';
import { forgetEnded } from './placement/forgetting.js';
import { Placements } from './placement/placements.js';
import { installationId, openStore } from './placement/tables.js';
import { Tasks } from './tasks/tasks.js';

export { examineAccounts } from './agent/examination.js';

const forgetEveryMs = 60_000;

/**
 * One vendor agent for each account of the configuration. Resolves once each listens; its offers load meanwhile.
 * @throws AgencyError invalid-setting for an account that cannot be used, bus-unreachable, store-unreachable, data-directory-damaged.
 */
export const start: StartApp = async (context) => {
  const { settings, clock, ids, log } = context;
  if (settings.natsUrl === undefined)
    throw new AgencyError('invalid-setting', { message: 'NATS_URL is not set; the vendor agents need it.' });
  checkAccounts(settings.config.accounts);
  const bus = { url: settings.natsUrl, ...(settings.natsToken === undefined ? {} : { token: settings.natsToken }) };
  const { databaseUrl } = settings;
  const database = await openStore({ directory: settings.dataDirectory, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  const connection = await connectBus(bus, 'vendor-agents');
  await ensureStreams(connection);
  const relay = new Relay(database, {
    connection,
    publisher: new StoredPublisher(connection),
    clock,
    onError: (error) => {
      log.error({ err: error }, 'Reports could not be sent; they are kept and sent again.');
    },
  });
  const wakeRelay = (): void => {
    relay.wake();
  };
  const placements = new Placements(database, { ids, clock }, wakeRelay);
  const tasks = new Tasks(database, { ids, clock }, wakeRelay);
  const installation = await installationId(database, () => ids.next());
  // A data directory has one process: after a crash it takes up its own leases at once. A shared database may have many.
  const owner = databaseUrl === undefined ? 'embedded' : ids.next();
  const instances = databaseUrl === undefined ? undefined : new Instances(connection, clock);
  const shared = { ...context, connection, placements, tasks, installation, owner, instances };
  const agents = await Promise.all(settings.config.accounts.map((account) => startAgent(account, shared)));
  relay.wake();
  const keep = keepingOf(settings.config.keep);
  const forgetting = repeated(context, forgetEveryMs, 'What is over could not be forgotten', async () => {
    await forgetMessages(database, clock.now());
    await forgetEnded(database, clock.now() - keep.ended);
  });
  return {
    async stop() {
      await forgetting.stop();
      await Promise.all(agents.map((agent) => agent.stop()));
      instances?.stop();
      await relay.stop();
      await closeBus(connection);
      await database.destroy();
    },
  };
};
