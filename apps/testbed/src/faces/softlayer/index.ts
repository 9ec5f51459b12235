import { accessKeyOf, passwordOf } from '../credentials.js';
import type { Face } from '../face.js';
import { type RpcAsked, type RpcProtocol, serveRpc } from '../rpc-routes.js';
import { isStruct, type RpcStruct } from '../xml-rpc.js';
import { guestsOf, headersOf, initId, type Method, type Methods, struct, text } from './call.js';
import { exception, failureOf, mishapFailure, unauthenticated, unreadable } from './fault.js';
import { guestMethods } from './guests.js';
import { imageMethods } from './images.js';
import { locationMethods } from './locations.js';
import { sshKeyMethods } from './ssh-keys.js';
import { upgradeMethods } from './upgrades.js';

/** SoftLayer's XML-RPC API at `/<cloud>/xmlrpc/v3/SoftLayer_<Service>`: computing instances, what they are made of, images and keys. */
export const face: Face = {
  name: 'softlayer',
  failedBoot: 'error',
  tellsPrices: true,
  serve(app, testbed) {
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'softlayer') continue;
      for (const version of ['v3', 'v3.1']) serveRpc(app, testbed, cloud, `/xmlrpc/${version}/:service`, protocol);
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'softlayer',
    endpoint: `${origin}/${name}/xmlrpc/v3`,
    credentials: { username: passwordOf(name).username, api_key: accessKeyOf(name).secret },
  }),
};

const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries<Method>({
    ...guestMethods,
    ...imageMethods,
    ...locationMethods,
    ...sshKeyMethods,
    ...upgradeMethods,
  } satisfies Methods),
);

const protocol: RpcProtocol = {
  unreadable,
  region,
  mishap: mishapFailure,
  failure: failureOf,
  answer(asked) {
    const { cloud, service, method, params } = asked;
    const headers = headersOf(params);
    const given = struct(headers, 'authenticate');
    if (!given) throw exception('Public', 'No valid authentication found');
    if (!isAdmitted(cloud.name, given)) throw unauthenticated();
    const run = methods.get(`${service}::${method}`);
    if (!run) throw exception('Public', `Function ("${method}") is not a valid method for this service.`);
    return run({ ...asked, headers, params: params.slice(1) });
  },
};

const isAdmitted = (cloud: string, given: RpcStruct): boolean =>
  text(given, 'username') === passwordOf(cloud).username && text(given, 'apiKey') === accessKeyOf(cloud).secret;

/** Of the guest that is called on, of the data centre in a template, or of the one that an object filter names. */
function region(asked: RpcAsked): string | undefined {
  const { cloud, service, params } = asked;
  const id = initId(asked);
  if (service === 'SoftLayer_Virtual_Guest' && id !== undefined)
    return guestsOf(cloud).find((guest) => guest.id === String(id))?.region;
  const template = isStruct(params[1]) ? params[1] : {};
  return cloud.region(nameAt(template, 'datacenter', 'name') ?? nameAt(headersOf(params), ...filterPath) ?? '')?.region;
}

const filterPath = ['SoftLayer_AccountObjectFilter', 'virtualGuests', 'datacenter', 'name', 'operation'];

function nameAt(root: RpcStruct, ...path: readonly string[]): string | undefined {
  const parent = path.slice(0, -1).reduce<RpcStruct>((at, name) => struct(at, name) ?? {}, root);
  return text(parent, path.at(-1) ?? '');
}
