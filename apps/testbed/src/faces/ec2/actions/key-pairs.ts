import { createHash } from 'node:crypto';
import type { KeyPair } from '../../../cloud/disk.js';
import { newId } from '../dialect.js';
import { Ec2Error } from '../ec2-error.js';
import { filtered } from '../selecting.js';
import type { Ec2Action } from './action.js';

export const importKeyPair: Ec2Action = (call) => {
  const { cloud, region, query, testbed } = call;
  const name = query.require('KeyName');
  const publicKey = Buffer.from(query.require('PublicKeyMaterial'), 'base64').toString();
  if (!/^(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]+=*( .*)?\s*$/.test(publicKey)) {
    throw new Ec2Error('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
  }
  if (cloud.keyPair(region.region, name))
    throw new Ec2Error('InvalidKeyPair.Duplicate', `The key pair '${name}' already exists.`);
  const pair: KeyPair = { id: newId(call, 'key'), name, publicKey, createdAt: testbed.clock.now() };
  cloud.saveKeyPair(region.region, pair);
  return view(pair);
};

export const deleteKeyPair: Ec2Action = ({ cloud, region, query }) => {
  const id = query.get('KeyPairId');
  const name = query.get('KeyName') ?? cloud.keyPairs(region.region).find((pair) => pair.id === id)?.name;
  if (name === undefined && id === undefined)
    throw new Ec2Error('MissingParameter', 'The request must contain the parameter KeyName or KeyPairId');
  if (name !== undefined) cloud.forgetKeyPair(region.region, name);
  return { return: true };
};

export const describeKeyPairs: Ec2Action = ({ cloud, region, query }) => {
  const names = query.list('KeyName');
  const pairs = cloud.keyPairs(region.region);
  const missing = names.find((name) => !pairs.some((pair) => pair.name === name));
  if (missing !== undefined) throw new Ec2Error('InvalidKeyPair.NotFound', `The key pair '${missing}' does not exist`);
  const asked = filtered(pairs, query, { 'key-name': ({ name }) => name, 'key-pair-id': ({ id }) => id });
  return { keySet: asked.filter(({ name }) => names.length === 0 || names.includes(name)).map(view) };
};

const view = ({ id, name, publicKey }: KeyPair) => ({
  keyPairId: id,
  keyName: name,
  keyFingerprint: fingerprintOf(publicKey),
  tagSet: [],
});

/** As EC2 shows those it imports: MD5 in pairs for RSA, SHA-256 in base64 for ED25519. */
function fingerprintOf(publicKey: string): string {
  const [kind, material = ''] = publicKey.split(' ');
  const bytes = Buffer.from(material, 'base64');
  if (kind === 'ssh-ed25519') return createHash('sha256').update(bytes).digest('base64');
  return (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':');
}
