import type { Cloud } from '../../cloud/cloud.js';
import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { type RpcAsked, type RpcProtocol, serveRpc } from '../rpc-routes.js';
import { isStruct, type RpcValue } from '../xml-rpc.js';
import { instancesOf, type Method, type Methods } from './call.js';
import { catalogueMethods } from './catalogue.js';
import { diskMethods } from './disks.js';
import { failureOf, fault, invalidKey, mishapFailure, unreadable } from './fault.js';
import { operationMethods, Operations } from './operations.js';
import { sshKeyMethods } from './ssh-keys.js';
import { vmMethods } from './vms.js';

/** Gandi's XML-RPC API 3 at `/<cloud>/xmlrpc/`: hosting, its operations and what it needs to know of the account. The key is the first parameter. */
export const face: Face = {
  name: 'gandi',
  failedBoot: 'error',
  serve(app, testbed) {
    const operations = new Operations(testbed);
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face === 'gandi') serveRpc(app, testbed, cloud, '/xmlrpc/', protocol(operations));
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'gandi',
    endpoint: `${origin}/${name}/xmlrpc/`,
    credentials: { api_key: keyOf(name) },
  }),
};

const keyOf = (cloud: string): string => accessKeyOf(cloud).secret.slice(0, 24);

const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries<Method>({
    ...catalogueMethods,
    ...vmMethods,
    ...diskMethods,
    ...sshKeyMethods,
    ...operationMethods,
  } satisfies Methods),
);

const protocol = (operations: Operations): RpcProtocol => ({
  unreadable,
  region,
  mishap: mishapFailure,
  failure: failureOf,
  answer({ testbed, cloud, method, params: [key, ...params] }) {
    const run = methods.get(method);
    if (!run) throw fault('METHOD', 'NOTFOUND', `Method ${method} doesn't exist`);
    admit(cloud, key);
    return { value: run({ testbed, cloud, operations, params }) };
  },
});

/** A key that is none is told from one that nobody has, as the real one does. */
function admit(cloud: Cloud, key: RpcValue | undefined): void {
  if (typeof key !== 'string') throw fault('STRING', 'TYPE', 'the API key is not a string');
  if (!/^[a-z0-9]{24}$/.test(key)) throw fault('STRING', 'BADPARAMETER', `string '${key}' does not match '^[a-z0-9]{24}$'`);
  if (key !== keyOf(cloud.name)) throw invalidKey();
}

/** The machine's, or that of the data centre which is named. */
function region({ cloud, method, params: [, first] }: RpcAsked): string | undefined {
  if (typeof first === 'number' && method.startsWith('hosting.vm.'))
    return instancesOf(cloud).find(({ id }) => id === String(first))?.region;
  const named = isStruct(first) ? first.datacenter_id : undefined;
  return typeof named === 'number' ? cloud.profile.regions[named - 1]?.region : undefined;
}
