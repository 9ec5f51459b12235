import { Type } from '@sinclair/typebox';
import type { Action, Instance } from '../../cloud/instance.js';
import { inWords } from '../../cloud/refusal.js';
import { type Api, type Call, type Handler, readBody } from './api.js';
import { typeCalled } from './catalogue.js';
import { createServer } from './create-server.js';
import { conflict, invalid, notFound, words } from './errors.js';
import { savedImages } from './images.js';
import { newId } from './resource.js';
import { serverView } from './server-view.js';

/** Servers. What has been deleted is shown as such for a while. */
export function serveServers(api: Api): void {
  api.route('GET', '/servers', listServers);
  api.route('POST', '/servers', createServer);
  api.route('GET', '/servers/:id', (call) => ({ body: serverView(call, findServer(call)) }));
  api.route('PUT', '/servers/:id', updateServer);
  api.route('DELETE', '/servers/:id', deleteServer);
  api.route('POST', '/servers/:id/start', power('start'));
  api.route('POST', '/servers/:id/stop', power('halt'));
  api.route('POST', '/servers/:id/shutdown', power('stop'));
  api.route('POST', '/servers/:id/reboot', power('reboot'));
  api.route('POST', '/servers/:id/reset', power('reboot'));
  api.route('POST', '/servers/:id/resize', resizeServer);
  api.route('POST', '/servers/:id/snapshot', snapshotServer);
}

const serversOf = ({ cloud, region }: Call): Instance[] => cloud.instances(region.region);

export function findServer(call: Call, id = call.id): Instance {
  const server = serversOf(call).find((candidate) => candidate.id === id);
  if (!server) throw notFound();
  return server;
}

const listServers: Handler = (call) => ({ body: serversOf(call).map((server) => serverView(call, server)) });

const Changes = Type.Object({ name: Type.Optional(Type.String({ maxLength: 255 })) });

const updateServer: Handler = (call) => {
  const server = findServer(call);
  const { name = server.name } = readBody(Changes, call);
  return { body: serverView(call, call.testbed.fleet.rename(server, name)) };
};

const deleteServer: Handler = (call) => {
  const server = findServer(call);
  const deleted = inWords(words, () => call.testbed.fleet.act(server, 'delete'));
  return { status: 202, body: serverView(call, deleted) };
};

/** It answers with the server as it was when it was asked. */
function power(action: Action): Handler {
  return (call) => {
    const server = findServer(call);
    const unfit = () => conflict(`Server ${server.id} is not in a state for that`);
    inWords({ 'wrong-state': unfit }, () => call.testbed.fleet.act(server, action));
    return { status: 202, body: serverView(call, server) };
  };
}

const NewSize = Type.Object({ new_type: Type.String() });

/** What stands still takes more cores and memory; a local disk stays what it is. */
const resizeServer: Handler = (call) => {
  const server = findServer(call);
  const size = typeCalled(call, readBody(NewSize, call).new_type);
  if (!size) throw invalid('new_type: is not a server type');
  const own = typeCalled(call, server.size);
  if (own && own.diskGib !== size.diskGib) throw invalid('new_type: has a local disk of another size');
  const unfit = () => conflict(`Server ${server.id} has to be inactive`);
  inWords({ 'wrong-state': unfit }, () => {
    call.testbed.fleet.changeSize(server, size.name);
  });
  return { status: 202, body: serverView(call, { ...server, size: size.name }) };
};

/** The Link header tells which image it will be. */
const snapshotServer: Handler = (call) => {
  const server = findServer(call);
  if (!['running', 'stopped'].includes(server.state)) throw conflict(`Server ${server.id} is not in a state for that`);
  const order = {
    id: newId(call, 'image', (id) => savedImages(call).some((image) => image.id === id)),
    cloud: call.cloud.name,
    region: call.region.region,
    name: '',
    description: '',
    labels: {},
    architecture: 'x86_64' as const,
    instance: server.id,
    base: server.image,
  };
  const { id } = inWords(words, () => call.testbed.savedImages.create(order));
  return {
    status: 202,
    headers: { link: `<${call.base}/images/${id}>; rel=snapshot` },
    body: serverView(call, server),
  };
};
