import type { KeyPair } from '../../cloud/disk.js';
import { digest } from '../../cloud/digest.js';
import type { RpcAnswer } from '../rpc-routes.js';
import type { RpcStruct } from '../xml-rpc.js';
import { initId, type Methods, number, type SlCall, templateOf, text } from './call.js';
import { exception, invalid, missing, notFound } from './fault.js';
import { slTime } from './guest-view.js';
import { many, one, type SlObject } from './result.js';

/** Keys are the account's, of no data centre. */
const nowhere = '';

export const sshKeyMethods: Methods = {
  'SoftLayer_Account::getSshKeys': (call) => many(call, 'sshKeys', call.cloud.keyPairs(nowhere).map(view)),
  'SoftLayer_Security_Ssh_Key::createObject': create,
  'SoftLayer_Security_Ssh_Key::getObject': (call) => one(call, view(keyOf(call))),
  'SoftLayer_Security_Ssh_Key::deleteObject': (call) => {
    call.cloud.forgetKeyPair(nowhere, keyOf(call).name);
    return { value: true };
  },
};

/** @throws RpcFailure for a key that there is not. */
export const keysOf = (call: SlCall, wanted: readonly RpcStruct[]): KeyPair[] =>
  wanted.map((key) => keyNumbered(call, number(key, 'id')));

const keyOf = (call: SlCall): KeyPair => keyNumbered(call, initId({ ...call, params: [{ headers: call.headers }] }));

function keyNumbered({ cloud }: SlCall, id: number | undefined): KeyPair {
  const key = cloud.keyPairs(nowhere).find((candidate) => candidate.id === String(id));
  if (!key) throw notFound(id);
  return key;
}

function create(call: SlCall): RpcAnswer {
  const { cloud, testbed } = call;
  const template = templateOf(call);
  const [publicKey, label] = [text(template, 'key'), text(template, 'label')];
  if (publicKey === undefined) throw missing('key', 'SoftLayer_Security_Ssh_Key');
  if (label === undefined) throw missing('label', 'SoftLayer_Security_Ssh_Key');
  if (!/^(ssh|ecdsa)-\S+ \S+/.test(publicKey)) throw invalid('The SSH key is not valid.');
  const known = cloud.keyPairs(nowhere);
  if (known.some((key) => key.publicKey === publicKey)) throw exception('Public', 'SSH Key already exists.');
  if (known.some(({ name }) => name === label)) throw exception('Public', 'The label is in use.');
  const key = { id: testbed.numbers.next(), name: label, publicKey, createdAt: testbed.clock.now() };
  cloud.saveKeyPair(nowhere, key);
  return one(call, view(key));
}

const view = ({ id, name, publicKey, createdAt }: KeyPair): SlObject => ({
  local: {
    id: Number(id),
    label: name,
    key: publicKey,
    fingerprint: digest(publicKey, 32).replace(/..(?=.)/g, '$&:'),
    notes: '',
    createDate: slTime(createdAt),
  },
  related: {},
});
