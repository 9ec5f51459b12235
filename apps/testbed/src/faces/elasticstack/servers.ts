import type { Action, Instance } from '../../cloud/instance.js';
import type { Call, Handler } from './call.js';
import { bootDriveOf, checkConfiguration, devicesOf, expectLiveKeys, sizeOf, staticAddressOf } from './configuration.js';
import { busy, missing, uncovered } from './fault.js';
import { driveNamed, isImaging, serversOf } from './find-drive.js';
import { changed, type Pairs } from './pairs.js';
import { serverView } from './server-view.js';

const pollMs = 10;

export const listServers: Handler = (call) => ({ names: serversOf(call).map(({ id }) => id) });
export const showServers: Handler = (call) => ({ things: serversOf(call).map((server) => serverView(call, server)) });
export const showServer: Handler = (call) => ({ thing: serverView(call, serverCalled(call)) });

export const createStoppedServer: Handler = (call) => ({ thing: serverView(call, make(call)) });

/** Creates and starts: neither, where it cannot be started. */
export const createServer: Handler = async (call) => {
  const server = make(call);
  try {
    await start(call, server);
  } catch (error) {
    call.testbed.fleet.forget(server);
    throw error;
  }
  return { thing: serverView(call, call.testbed.fleet.get(server.id) ?? server) };
};

function make(call: Call): Instance {
  const { testbed, cloud, region, place } = call;
  const pairs = changed(call.pairs, {});
  checkConfiguration(call, pairs);
  if (testbed.faults.strike('quota', place) || serversOf(call).length >= region.quota) throw uncovered();
  const id = testbed.ids.next();
  const [server] = cloud.createStopped({
    ids: [id],
    region,
    zone: emptiestZone(call),
    size: sizeOf(call, pairs),
    image: bootDriveOf(call, pairs)?.image ?? '',
    name: pairs.name ?? '',
    labels: pairs,
    keyName: null,
    request: null,
  });
  if (!server) throw missing(`server ${id}`);
  giveAddress(call, server, pairs);
  return server;
}

/** Clients do not choose among the hosts. */
const emptiestZone = ({ cloud, region }: Call): string | null =>
  [...region.zones].sort((a, b) => cloud.room(region, b) - cloud.room(region, a))[0] ?? null;

/** A server has the address of the account's own that its configuration names, and no other. */
function giveAddress(call: Call, server: Instance, pairs: Pairs): void {
  const { publicAddresses, ids } = call.testbed;
  const wanted = staticAddressOf(call, pairs);
  for (const taken of publicAddresses.of(server)) if (taken.id !== wanted?.id) publicAddresses.unassign(taken);
  if (wanted && wanted.holder === null) publicAddresses.assign(wanted, server, ids.next());
}

export const setServer: Handler = (call) => {
  const server = serverCalled(call);
  const stopped = server.state === 'stopped';
  if (!stopped) expectLiveKeys(call.pairs);
  const pairs = changed(server.labels, call.pairs);
  checkConfiguration(call, pairs, server);
  call.testbed.fleet.relabel(server, pairs);
  if (stopped) {
    giveAddress(call, server, pairs);
    call.testbed.fleet.changeSize(serverCalled(call), sizeOf(call, pairs).name);
  }
  return { thing: serverView(call, serverCalled(call)) };
};

export const startServer: Handler = async (call) => {
  await start(call, serverCalled(call));
  return undefined;
};

/** The command returns once the server runs, or cannot: it has no status for one that is on its way. */
async function start(call: Call, server: Instance): Promise<void> {
  const { fleet } = call.testbed;
  if (server.state !== 'stopped') throw busy(`server ${server.id} is already running`);
  for (const [, drive] of devicesOf(server.labels))
    if (isImaging(call, driveNamed(call, drive))) throw busy(`drive ${drive} is being imaged`);
  fleet.changeSize(server, sizeOf(call, server.labels).name);
  const ready = fleet.get(server.id) ?? server;
  if (ready.launchedAt === null) call.cloud.boot(ready);
  else fleet.act(ready, 'start');
  await settled(call, server.id);
}

/** At once, as if the power had failed. */
export const stopServer: Handler = async (call) => {
  const server = serverCalled(call);
  call.testbed.fleet.act(server, endOf(server));
  await settled(call, server.id);
  return undefined;
};

/** The system is asked to: it stops when it does. */
export const shutDownServer: Handler = (call) => {
  const server = serverCalled(call);
  if (server.state !== 'running') throw busy(`server ${server.id} is not active`);
  call.testbed.fleet.act(server, endOf(server));
  return undefined;
};

/** What has not been made persistent does not outlive its stop. */
const endOf = ({ labels }: Instance): Action => (labels.persistent === 'true' ? 'stop' : 'delete');

export const resetServer: Handler = (call) => {
  call.testbed.fleet.act(serverCalled(call), 'reboot');
  return undefined;
};

/** Its drives stay. */
export const destroyServer: Handler = async (call) => {
  const server = serverCalled(call);
  call.testbed.fleet.act(server, 'delete');
  await settled(call, server.id);
  return undefined;
};

function serverCalled(call: Call): Instance {
  const id = call.params.server ?? '';
  const server = serversOf(call).find((candidate) => candidate.id === id);
  if (!server) throw missing(`server ${id}`);
  return server;
}

/** Once the change under way has ended. */
async function settled({ testbed }: Call, id: string): Promise<void> {
  while (testbed.fleet.get(id)?.change) await new Promise<void>((resolve) => testbed.clock.after(pollMs, resolve));
}
