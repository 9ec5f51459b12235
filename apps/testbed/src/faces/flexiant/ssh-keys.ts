import { Type } from '@sinclair/typebox';
import { readBody } from './body.js';
import type { Answer, Call, Handler } from './call.js';
import { badRequest, notFound } from './fco-error.js';
import { accepted } from './jobs.js';
import { resourceView, skeleton } from './resource.js';
import type { View } from './search.js';
import { recordOf, serverCalled } from './servers.js';

export interface SshKey {
  readonly id: string;
  readonly cloud: string;
  readonly name: string;
  readonly publicKey: string;
  readonly createdAt: number;
}

const Body = Type.Object({
  skeletonSSHKey: Type.Object({
    resourceName: skeleton.resourceName,
    publicKey: Type.String(),
    vdcUUID: Type.Optional(Type.Union([Type.Null(), Type.String()])),
  }),
});

const nowhere = { region: '', zone: '' };

export const sshKeyViews = (call: Call): View[] =>
  call.kept.sshKeys
    .all()
    .filter(({ cloud }) => cloud === call.cloud.name)
    .map((key) => sshKeyView(call, key));

export const sshKeyView = ({ cloud }: Call, key: SshKey): View => ({
  ...resourceView(cloud, { ...key, type: 'SSHKEY' }),
  publicKey: key.publicKey,
  globalKey: false,
  userName: null,
});

export const createSshKey: Handler = (call) => {
  const { skeletonSSHKey: wish } = readBody(Body, call);
  if (!/^(ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]+/.test(wish.publicKey)) throw badRequest('publicKey is no line of authorized_keys');
  const { testbed, kept, cloud } = call;
  const key = kept.sshKeys.save({
    id: testbed.ids.next(),
    cloud: cloud.name,
    name: wish.resourceName,
    publicKey: wish.publicKey,
    createdAt: testbed.clock.now(),
  });
  return accepted(call, nowhere, 'CREATE_SSHKEY', { id: key.id, type: 'SSHKEY', name: key.name });
};

export const attachSshKey: Handler = (call) => {
  const server = serverCalled(call, call.params.id ?? '');
  const key = keyCalled(call, call.params.key ?? '');
  const record = recordOf(call, server);
  call.kept.servers.save({ ...record, sshKeys: [...new Set([...record.sshKeys, key.id])] });
  return accepted(call, server, 'ATTACH_SSHKEY', { id: key.id, type: 'SSHKEY', name: key.name });
};

export function deleteSshKey(call: Call, id: string): Answer {
  const key = keyCalled(call, id);
  call.kept.sshKeys.forget(key);
  return accepted(call, nowhere, 'DELETE_SSHKEY', { id, type: 'SSHKEY', name: key.name });
}

/** @throws FcoError 404 */
function keyCalled({ kept, cloud }: Call, id: string): SshKey {
  const key = kept.sshKeys.get(id);
  if (key?.cloud === cloud.name) return key;
  throw notFound(`SSHKEY ${id}`);
}
