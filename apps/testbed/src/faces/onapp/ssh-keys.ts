import type { Call, Handler } from './call.js';
import { userId } from './infrastructure.js';
import { notFound, unprocessable } from './onapp-error.js';
import { unlockedVm } from './vm-actions.js';
import { recordOf, vmView } from './vms.js';
import { Wishes } from './wishes.js';

/** Keys are the user's; `set_ssh_keys` puts all of them on a server. */
export interface SshKey {
  readonly id: string;
  readonly cloud: string;
  readonly key: string;
}

const keysOf = ({ kept, cloud }: Call): SshKey[] => kept.sshKeys.all().filter((key) => key.cloud === cloud.name);

export const listSshKeys: Handler = (call) => {
  ownUser(call);
  return { body: keysOf(call).map(keyView) };
};

export const addSshKey: Handler = (call) => {
  ownUser(call);
  const key = Wishes.under(call, 'ssh_key').requiredText('key');
  if (!/^(ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]+/.test(key)) throw unprocessable('is invalid', 'key');
  if (keysOf(call).some((known) => known.key === key)) throw unprocessable('has already been taken', 'key');
  return { status: 201, body: keyView(call.kept.sshKeys.save({ id: call.testbed.numbers.next(), cloud: call.cloud.name, key })) };
};

export const setSshKeys: Handler = (call) => {
  const vm = unlockedVm(call);
  call.kept.vms.save({ ...recordOf(call, vm), sshKeys: keysOf(call).map(({ key }) => key) });
  return { status: 201, body: vmView(call, vm) };
};

/** @throws OnAppError 404 for anybody else's. */
function ownUser({ params }: Call): void {
  if (params.user !== String(userId)) throw notFound();
}

const keyView = ({ id, key }: SshKey) => ({ ssh_key: { id: Number(id), key, user_id: userId } });
