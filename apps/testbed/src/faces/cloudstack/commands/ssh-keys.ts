import { createHash } from 'node:crypto';
import type { KeyPair } from '../../../cloud/disk.js';
import { account, type Handler, type View } from '../call.js';
import { invalid } from '../fault.js';
import { asked, listed } from '../listing.js';

/** Key pairs are the account's, in all zones. */
const everywhere = '';

/** RegisterSSHKeyPairCmd: neither the name nor the key may be there already (ManagementServerImpl.checkForKeyByName and ByPublicKey). */
export const registerSshKeyPair: Handler = ({ cloud, params, testbed }) => {
  const [name, publicKey] = [params.require('name'), params.require('publickey')];
  if (!/^(ssh-rsa|ssh-dss|ssh-ed25519|ecdsa-[\w-]+) [A-Za-z0-9+/]+=*( .*)?\s*$/.test(publicKey))
    throw invalid('Public key is invalid');
  const pairs = cloud.keyPairs(everywhere);
  if (pairs.some((pair) => pair.name === name)) throw invalid(`A key pair with name '${name}' already exists for this account.`);
  if (pairs.some((pair) => materialOf(pair.publicKey) === materialOf(publicKey)))
    throw invalid(`A key pair with key '${publicKey}' already exists for this account.`);
  const pair = { id: testbed.ids.next(), name, publicKey, createdAt: testbed.clock.now() };
  cloud.saveKeyPair(everywhere, pair);
  return { keypair: view(pair) };
};

export const listSshKeyPairs: Handler = (call) => {
  const fingerprint = call.params.get('fingerprint');
  const pairs = asked(call, call.cloud.keyPairs(everywhere));
  return listed(
    call,
    'sshkeypair',
    pairs.filter((pair) => (fingerprint ?? fingerprintOf(pair)) === fingerprintOf(pair)),
    view,
  );
};

export const deleteSshKeyPair: Handler = ({ cloud, params }) => {
  const name = params.require('name');
  if (!cloud.keyPair(everywhere, name))
    throw invalid(`A key pair with name '${name}' does not exist for account testbed in specified domain id`);
  cloud.forgetKeyPair(everywhere, name);
  return { success: true };
};

const materialOf = (publicKey: string): string => publicKey.split(' ')[1] ?? '';

const fingerprintOf = ({ publicKey }: KeyPair): string =>
  (
    createHash('md5')
      .update(Buffer.from(materialOf(publicKey), 'base64'))
      .digest('hex')
      .match(/../g) ?? []
  ).join(':');

const view = (pair: KeyPair): View => ({ id: pair.id, name: pair.name, fingerprint: fingerprintOf(pair), ...account });
