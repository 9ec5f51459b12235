import { digest } from '../../cloud/digest.js';
import type { Instance } from '../../cloud/instance.js';
import type { Call, Handler } from './call.js';
import { networkId } from './infrastructure.js';
import { notFound, OnAppError } from './onapp-error.js';
import { unlockedVm } from './vm-actions.js';
import { recordOf, vmCalled } from './vms.js';
import { Wishes } from './wishes.js';

/** An address that a server has beside the one it came with. */
export interface IpJoin {
  readonly id: string;
  readonly cloud: string;
  readonly vm: string;
  /** Its number in the pool. */
  readonly address: number;
}

/** Addresses for documentation (RFC 5737) stand for those of the network: those that answer are not given out one by one. */
const pool = Array.from({ length: 50 }, (_, place) => ({ id: 501 + place, address: `198.51.100.${place + 1}` }));

const joinsAt = ({ kept, cloud }: Call): IpJoin[] => kept.ips.all().filter((join) => join.cloud === cloud.name);

export const listAddresses: Handler = (call) => {
  const taken = new Set(joinsAt(call).map(({ address }) => address));
  return { body: pool.map(({ id, address }) => addressView(id, address, !taken.has(id))) };
};

export const listAddressesOfVm: Handler = (call) => {
  const vm = vmCalled(call);
  const record = recordOf(call, vm);
  const own = record.hasAddress && vm.address !== null ? [primaryJoin(call, vm)] : [];
  const joins = joinsAt(call).filter((join) => join.vm === vm.id);
  return { body: [...own, ...joins.map((join) => joinView(call, vm, join))] };
};

/** `ip_address_id` is one of the network's that is free. */
export const joinAddress: Handler = (call) => {
  const vm = unlockedVm(call);
  const wishes = Wishes.under(call, 'ip_address');
  const address = wishes.requiredNumber('ip_address_id', 1);
  const nic = wishes.requiredNumber('network_interface_id', 1);
  if (String(nic) !== recordOf(call, vm).interface) throw new OnAppError(422, { network_interface_id: ['does not exist'] });
  const isFree = pool.some(({ id }) => id === address) && !joinsAt(call).some((join) => join.address === address);
  if (!isFree) throw new OnAppError(422, { ip_address_id: ['has already been taken'] });
  const join = call.kept.ips.save({ id: call.testbed.numbers.next(), cloud: call.cloud.name, vm: vm.id, address });
  return { status: 201, body: joinView(call, vm, join) };
};

export const removeAddress: Handler = (call) => {
  const vm = unlockedVm(call);
  const join = joinsAt(call).find(({ id, vm: owner }) => id === call.params.join && owner === vm.id);
  if (!join) throw notFound();
  call.kept.ips.forget(join);
  return {};
};

export const listInterfaces: Handler = (call) => {
  const vm = vmCalled(call);
  const id = recordOf(call, vm).interface;
  return {
    body: [
      {
        network_interface: {
          id: Number(id),
          identifier: digest(`interface ${id}`, 14),
          label: 'eth0',
          primary: true,
          connected: true,
          mac_address: `00:16:3e:${(digest(id, 6).match(/../g) ?? []).join(':')}`,
          network_join_id: networkId,
          rate_limit: null,
          virtual_machine_id: Number(vm.id),
        },
      },
    ],
  };
};

/** The address that a server answers at. */
export const primaryIpView = ({ id, address }: Instance) => addressView(Number(id), address ?? '', false);

const primaryJoin = (call: Call, vm: Instance) => ({
  ip_address_join: {
    id: Number(vm.id),
    ip_address_id: Number(vm.id),
    network_interface_id: Number(recordOf(call, vm).interface),
    ...primaryIpView(vm),
  },
});

const joinView = (call: Call, vm: Instance, { id, address }: IpJoin) => ({
  ip_address_join: {
    id: Number(id),
    ip_address_id: address,
    network_interface_id: Number(recordOf(call, vm).interface),
    ...addressView(address, pool.find((known) => known.id === address)?.address ?? '', false),
  },
});

const addressView = (id: number, address: string, free: boolean) => ({
  ip_address: {
    id,
    address,
    netmask: '255.255.255.0',
    gateway: '198.51.100.254',
    network_id: networkId,
    free,
    disallowed_primary: false,
  },
});
