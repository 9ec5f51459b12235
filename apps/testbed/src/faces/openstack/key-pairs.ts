import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { createHash } from 'node:crypto';
import type { KeyPair } from '../../cloud/disk.js';
import { badRequest, notFound, OpenStackFault } from './fault.js';
import { identityOf } from './identity.js';
import { pageAfter } from './paging.js';
import type { Call, Handler } from './service.js';

const Body = Type.Object({
  keypair: Type.Object({
    name: Type.String({ pattern: '^[\\w .@-]{1,255}$' }),
    public_key: Type.String({ minLength: 1 }),
    type: Type.Optional(Type.Literal('ssh')),
  }),
});

/** In pages, marked by name, from microversion 2.35 on. */
export const listKeyPairs: Handler = (call) => {
  const all = call.cloud.keyPairs(call.region.region);
  const { items, next } = call.microversion >= 35 ? pageAfter(all, call) : { items: all, next: null };
  const links = next === null ? {} : { keypairs_links: [{ rel: 'next', href: `${call.root}/os-keypairs?${next}` }] };
  return { body: { keypairs: items.map((pair) => ({ keypair: view(pair) })), ...links } };
};

export const showKeyPair: Handler = (call) => ({
  body: { keypair: { ...view(find(call)), user_id: identityOf(call.cloud).user.id } },
});

export const importKeyPair: Handler = (call) => {
  const { cloud, region, body, microversion, testbed } = call;
  if (!Value.Check(Body, body))
    throw badRequest("Invalid input for field/attribute keypair. 'name' and 'public_key' are required here.");
  const { name, public_key: publicKey } = body.keypair;
  if (!/^(ssh-|ecdsa-)\S+ [A-Za-z0-9+/]+=*/.test(publicKey))
    throw badRequest('Keypair data is invalid: failed to generate fingerprint');
  if (cloud.keyPair(region.region, name)) throw new OpenStackFault(409, `Key pair '${name}' already exists.`);
  const pair: KeyPair = { id: name, name, publicKey, createdAt: testbed.clock.now() };
  cloud.saveKeyPair(region.region, pair);
  return { status: microversion >= 2 ? 201 : 200, body: { keypair: { ...view(pair), user_id: identityOf(cloud).user.id } } };
};

export const deleteKeyPair: Handler = (call) => {
  call.cloud.forgetKeyPair(call.region.region, find(call).name);
  return { status: call.microversion >= 2 ? 204 : 202 };
};

function find({ cloud, region, params }: Call): KeyPair {
  const pair = cloud.keyPair(region.region, params.name ?? '');
  if (!pair) throw notFound(`Keypair ${params.name ?? ''} not found for user ${identityOf(cloud).user.id}`);
  return pair;
}

const view = ({ name, publicKey }: KeyPair) => ({
  name,
  public_key: publicKey,
  type: 'ssh',
  fingerprint: fingerprintOf(publicKey),
});

function fingerprintOf(publicKey: string): string {
  const bytes = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':');
}
