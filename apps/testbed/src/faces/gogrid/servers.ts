import type { Action, Instance } from '../../cloud/instance.js';
import { inWords } from '../../cloud/refusal.js';
import { type Call, flag, type Handler, required } from './call.js';
import { GoGridFault, invalid } from './fault.js';
import { serverCalled, serverNamed, serversAsked } from './find-server.js';
import { imageCalled } from './images.js';
import { imageStates, optionOf, ramOptions } from './options.js';
import { addedServerView, serverView } from './server-view.js';

const longestName = 20;
/** What an image sandbox has (GoGrid wiki, grid.server.add: a sandbox's server.ram is not looked at). */
const sandboxRam = '2GB';

export const listServers: Handler = (call) => serversAsked(call).map((server) => serverView(call, server));

export const getServers: Handler = (call) => {
  const wanted = ['id', 'name', 'server'].flatMap((name) => call.params.getAll(name));
  if (wanted.length === 0) throw invalid('Missing required parameter: id, name or server');
  return wanted.map((one) => serverView(call, serverNamed(call, one)));
};

/** The address tells the datacenter; the answer has no id yet. */
export const addServer: Handler = (call) => {
  const { testbed, cloud, ips, params } = call;
  const name = required(call, 'name');
  if (name.length > longestName) throw invalid(`The server name is longer than ${longestName} characters: ${name}`);
  const image = imageCalled(call, required(call, 'image'));
  if (image.state !== imageStates.available) throw invalid(`The image ${image.name} is not available for adds.`);
  const sandbox = flag(call, 'isSandbox') === true;
  const ram = optionOf(ramOptions(cloud), sandbox ? sandboxRam : required(call, 'server.ram'), 'server.ram');
  const ip = ips.find(cloud, required(call, 'ip'));
  const region = ip && cloud.region(ip.region);
  if (!ip || !region) throw invalid(`The IP is not one of the account: ${required(call, 'ip')}`);
  if (ips.isAssigned(ip)) throw invalid(`The IP is already in use: ${ip.address}`);
  const [server] = cloud.create({
    ids: [testbed.numbers.next()],
    region,
    zone: null,
    size: ram.size,
    image: String(image.id),
    name,
    labels: {
      ip: ip.address,
      description: params.get('description') ?? '',
      sandbox: String(sandbox),
      job: testbed.numbers.next(),
    },
    keyName: null,
    address: ip.address,
    request: null,
  });
  return server ? [addedServerView(call, server)] : [];
};

/** More or less memory: the server restarts with it. Its description can be changed too. */
export const editServer: Handler = (call) => {
  const { testbed, cloud, params } = call;
  const server = serverCalled(call);
  const ram = params.get('server.ram');
  const description = params.get('description');
  const size = ram === null ? null : optionOf(ramOptions(cloud), ram, 'server.ram').size;
  if (description !== null) testbed.fleet.relabel(server, { ...server.labels, description });
  const described = testbed.fleet.get(server.id) ?? server;
  if (size && size.name !== described.size) inState(described, 'changed', () => testbed.fleet.resize(described, size.name));
  return [serverView(call, testbed.fleet.get(server.id) ?? server)];
};

const powers: Readonly<Record<string, Action>> = {
  on: 'start',
  start: 'start',
  off: 'stop',
  stop: 'stop',
  cycle: 'hard-reboot',
  restart: 'hard-reboot',
};

export const powerServer: Handler = (call) => {
  const wanted = required(call, 'power');
  const action = Object.hasOwn(powers, wanted) ? powers[wanted] : undefined;
  if (!action) throw invalid(`The parameter power has an invalid value: ${wanted}`);
  return [act(call, action, `asked to ${wanted}`)];
};

export const deleteServer: Handler = (call) => [act(call, 'delete', 'deleted')];

function act(call: Call, action: Action, what: string): object {
  const server = serverCalled(call);
  return serverView(
    call,
    inState(server, what, () => call.testbed.fleet.act(server, action)),
  );
}

function inState<T>(server: Instance, what: string, ask: () => T): T {
  const refused = (): GoGridFault =>
    new GoGridFault(400, 'IllegalStateException', `Server ${server.name} cannot be ${what} in its current state.`);
  return inWords({ 'wrong-state': refused }, ask);
}
