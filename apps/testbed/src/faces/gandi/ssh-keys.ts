import type { KeyPair } from '../../cloud/disk.js';
import { digest } from '../../cloud/digest.js';
import type { RpcStruct, RpcValue } from '../xml-rpc.js';
import { type GandiCall, idAt, type Methods, notFound, optionsAt, required, structAt, textOf } from './call.js';
import { fault } from './fault.js';
import { listed } from './filter.js';

/** Keys are the account's, of no data centre. */
const nowhere = '';

export const sshKeyMethods: Methods = {
  'hosting.ssh.list': (call) =>
    listed(
      call,
      optionsAt(call, 0),
      keys(call).map((key) => view(key)),
    ),
  'hosting.ssh.info': (call) => details(keyNumbered(call, idAt(call, 0))),
  'hosting.ssh.create': (call) => details(create(call, structAt(call, 0))),
  'hosting.ssh.delete': (call) => {
    call.cloud.forgetKeyPair(nowhere, keyNumbered(call, idAt(call, 0)).name);
    return true;
  },
};

const keys = ({ cloud }: GandiCall): KeyPair[] => cloud.keyPairs(nowhere);

/** @throws RpcFailure for a number that is no key's. */
export const keysOf = (call: GandiCall, ids: readonly RpcValue[]): KeyPair[] =>
  ids.map((id) => keyNumbered(call, typeof id === 'number' ? id : Number.NaN));

function keyNumbered(call: GandiCall, id: number): KeyPair {
  const key = keys(call).find((candidate) => candidate.id === String(id));
  if (!key) throw notFound('KEY', `SSH key '${id}' doesn't exist.`);
  return key;
}

function create(call: GandiCall, spec: RpcStruct): KeyPair {
  const name = required(textOf(spec, 'name'), 'name');
  const publicKey = required(textOf(spec, 'value'), 'value');
  if (!/^(ssh|ecdsa)-\S+ \S+/.test(publicKey)) throw fault('STRING', 'BADPARAMETER', 'value is no public key');
  if (call.cloud.keyPair(nowhere, name)) throw fault('KEY', 'EXIST', `SSH key '${name}' already exists.`);
  const key = { id: call.testbed.numbers.next(), name, publicKey, createdAt: call.testbed.clock.now() };
  call.cloud.saveKeyPair(nowhere, key);
  return key;
}

const view = ({ id, name, publicKey }: KeyPair) => ({
  id: Number(id),
  name,
  fingerprint: digest(publicKey, 32).replace(/..(?=.)/g, '$&:'),
});

const details = (key: KeyPair): RpcStruct => ({ ...view(key), value: key.publicKey });
