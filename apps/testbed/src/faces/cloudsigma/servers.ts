import type { Action, Instance } from '../../cloud/instance.js';
import { definitionsIn } from './body.js';
import { type Answer, type Call, type Handler } from './call.js';
import { type Definition, definitionOf, readDefinition, sizeOf } from './definition.js';
import { bootImage, cloneDrive } from './drives.js';
import { forbidden, invalid, notFound } from './fault.js';
import { driveCalled, expectReady } from './find-drive.js';
import { serverSummary, serverView, statusOf } from './server-view.js';
import { retag } from './tags.js';

const serversOf = ({ cloud, region }: Call): Instance[] =>
  cloud.instances(region.region).filter(({ state }) => state !== 'terminated');

/** @throws CloudSigmaFault 404 */
function serverCalled(call: Call): Instance {
  const server = serversOf(call).find(({ id }) => id === call.uuid);
  if (!server) throw notFound(call.uuid);
  return server;
}

export const listServers: Handler = (call) => ({ body: named(call).map((server) => serverSummary(call, server)) });
export const listServersInDetail: Handler = (call) => ({ body: named(call).map((server) => serverView(call, server)) });
export const showServer: Handler = (call) => ({ body: serverView(call, serverCalled(call)) });

function named(call: Call): Instance[] {
  const name = call.query.get('name');
  return serversOf(call).filter((server) => name === null || name.split(',').includes(definitionOf(server).name));
}

/** It is stopped until it is started. */
export const createServers: Handler = (call) => {
  const wanted = definitionsIn(call.body).map((definition) => readDefinition(call, definition));
  const servers = wanted.map(({ definition, tags }) => {
    const server = make(call, definition);
    retag(call, server.id, tags);
    return server;
  });
  return { status: 201, body: { objects: servers.map((server) => serverView(call, server)) } };
};

function make(call: Call, definition: Definition): Instance {
  const { testbed, cloud, region } = call;
  const id = testbed.ids.next();
  const [server] = cloud.createStopped({
    ids: [id],
    region,
    zone: null,
    size: sizeOf(call, definition),
    image: bootImage(call, definition.drives[0]?.drive),
    name: definition.name,
    labels: { definition: JSON.stringify(definition) },
    userData: userDataIn(definition),
    keyName: null,
    request: null,
  });
  if (!server) throw notFound(id);
  return server;
}

/** What cloud-init finds in the meta of a server (cloud-init, Datasources, CloudSigma). */
function userDataIn({ meta }: Definition): string | undefined {
  const { 'cloudinit-user-data': text, base64_fields: encoded = '' } = meta;
  return text !== undefined && encoded.split(',').includes('cloudinit-user-data') ? Buffer.from(text, 'base64').toString() : text;
}

/** Of a running server only name, meta and tags change; whatever else is asked for is ignored (Servers, Editing). */
export const editServer: Handler = (call) => {
  const server = serverCalled(call);
  const { definition, tags } = readDefinition(call, call.body, server);
  const { name, meta } = definition;
  const changed = server.state === 'stopped' ? definition : { ...definitionOf(server), name, meta };
  call.testbed.fleet.relabel(server, { definition: JSON.stringify(changed) });
  call.testbed.fleet.furnish(serverCalled(call), userDataIn(changed));
  retag(call, server.id, tags);
  if (server.state === 'stopped') call.testbed.fleet.changeSize(serverCalled(call), sizeOf(call, changed).name);
  return { body: serverView(call, serverCalled(call)) };
};

const recursions = ['all_drives', 'disks', 'cdroms'];

export const deleteServer: Handler = (call) => {
  const server = serverCalled(call);
  const recurse = call.query.get('recurse');
  if (recurse !== null && !recursions.includes(recurse)) throw invalid(`Invalid recurse option: ${recurse}`, 'recurse');
  if (server.state === 'deleting') return { status: 204 };
  expectState(server, 'delete', ['stopped', 'unavailable']);
  const drives = definitionOf(server).drives.map(({ drive }) => driveCalled(call, drive));
  const doomed = drives.filter(({ media }) => recurse === 'all_drives' || recurse === `${media}s`);
  for (const drive of doomed) expectReady(call, drive);
  call.testbed.fleet.act(server, 'delete');
  for (const drive of doomed) call.stores.drives.forget(drive);
  return { status: 204 };
};

export const actOnServer: Handler = (call) => {
  const action = call.query.get('do') ?? '';
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!act) throw invalid(`The action ${action} is not supported.`, 'do');
  return act(call, serverCalled(call));
};

type ServerAction = (call: Call, server: Instance) => Answer;

const start: ServerAction = (call, server) => {
  expectState(server, 'start', ['stopped']);
  for (const { drive } of definitionOf(server).drives) expectReady(call, driveCalled(call, drive));
  if (server.launchedAt === null) call.cloud.boot(server);
  else call.testbed.fleet.act(server, 'start');
  return accepted('start', server);
};

/** shutdown asks the system, stop does not; both end in the same. */
const halt =
  (action: 'stop' | 'shutdown', by: Action = 'stop'): ServerAction =>
  ({ testbed }, server) => {
    expectState(server, action, ['running']);
    testbed.fleet.act(server, by);
    return accepted(action, server);
  };

const vnc =
  (action: 'open_vnc' | 'close_vnc'): ServerAction =>
  ({ testbed }, server) => {
    expectState(server, action, ['running']);
    const { status, body } = accepted(action, server);
    return {
      status,
      body: action === 'open_vnc' ? { ...body, vnc_url: `vnc://127.0.0.1:${vncPort(testbed.ids.next())}` } : body,
    };
  };

/** Another one with each VNC tunnel. */
const vncPort = (id: string): number => 40_000 + (Number.parseInt(id.slice(0, 4), 16) % 20_000);

/** With clones of its disks; its addresses are given out anew. */
const clone: ServerAction = (call, server) => {
  const { name } = (call.body ?? {}) as { readonly name?: unknown };
  const definition = definitionOf(server);
  const drives = definition.drives.map((mount) => ({ ...mount, drive: cloneDrive(call, driveCalled(call, mount.drive)).id }));
  const nics = definition.nics.map((nic) => ({ ...nic, mac: nic.mac.replace(/^22/, '26') }));
  const cloned = make(call, { ...definition, name: typeof name === 'string' ? name : definition.name, drives, nics });
  return { status: 202, body: serverView(call, cloned) };
};

const actions: Readonly<Record<string, ServerAction>> = {
  start,
  stop: halt('stop'),
  shutdown: halt('shutdown'),
  open_vnc: vnc('open_vnc'),
  close_vnc: vnc('close_vnc'),
  clone,
};

const accepted = (action: string, { id }: Instance) => ({ status: 202, body: { action, result: 'success', uuid: id } });

/** @throws CloudSigmaFault 403 in the words that clients know. */
function expectState(server: Instance, action: string, states: readonly string[]): void {
  const status = statusOf(server);
  if (states.includes(status)) return;
  const shown = status === 'running' ? 'started' : status;
  const wanted = states[0] === 'running' ? "['started', 'running_legacy']" : (states[0] ?? '');
  throw forbidden(`Cannot ${action} guest in state "${shown}". Guest should be in state "${wanted}"`);
}
