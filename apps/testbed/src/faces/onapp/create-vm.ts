import type { Call, Handler } from './call.js';
import { noteTransaction } from './transactions.js';
import { networkId, zoneOf } from './infrastructure.js';
import { unprocessable } from './onapp-error.js';
import { minMemory, type Template, templateFor } from './templates.js';
import { sizeFor, vmCalled, vmView } from './vms.js';
import { Wishes } from './wishes.js';

/** Unless it is said otherwise a server is not built, and once it is built it is started. */
export const createVm: Handler = (call) => {
  const wishes = Wishes.under(call, 'virtual_machine');
  const { testbed, kept, cloud, region } = call;
  const label = wishes.requiredText('label');
  const record = {
    id: testbed.numbers.next(),
    hostname: hostnameOf(wishes),
    note: wishes.text('note') ?? '',
    cpuShares: wishes.requiredNumber('cpu_shares', 1),
    primaryDisk: testbed.numbers.next(),
    swapDisk: swapOf(call, wishes),
    interface: testbed.numbers.next(),
    hasAddress: wishes.flag('required_ip_address_assignment') ?? false,
    toBeBuilt: wishes.flag('required_virtual_machine_build') ?? false,
    sshKeys: [],
  };
  const template = templateFor(call, wishes.requiredNumber('template_id', 1));
  const order = {
    ids: [record.id],
    region,
    zone: zoneFor(call, wishes),
    size: sizeOf(wishes, template),
    image: template.id,
    name: label,
    labels: {},
    keyName: null,
    request: null,
  };
  // Before the server, so that after a crash there is none without its record.
  kept.vms.save(record);
  try {
    if (record.toBeBuilt) cloud.create({ ...order, stopped: wishes.flag('required_virtual_machine_startup') === false });
    else cloud.createStopped(order);
  } catch (error) {
    kept.vms.forget(record);
    throw error;
  }
  if (record.toBeBuilt) noteTransaction(call, record.id, 'build_virtual_machine');
  return { status: 201, body: vmView(call, vmCalled(call, record.id)) };
};

function hostnameOf(wishes: Wishes): string {
  const hostname = wishes.requiredText('hostname');
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(hostname)) return hostname;
  throw unprocessable('is invalid', 'hostname');
}

function swapOf({ testbed }: Call, wishes: Wishes) {
  const gib = wishes.number('swap_disk_size', 0) ?? 0;
  return gib === 0 ? null : { id: testbed.numbers.next(), gib };
}

function sizeOf(wishes: Wishes, template: Template) {
  const cpus = wishes.requiredNumber('cpus', 1);
  const memory = wishes.requiredNumber('memory', minMemory);
  const disk = wishes.requiredNumber('primary_disk_size', template.minDisk);
  return sizeFor(cpus, memory, disk) ?? refuse();
}

function refuse(): never {
  throw unprocessable('is invalid', 'memory');
}

function zoneFor(call: Call, wishes: Wishes): string | null {
  const network = wishes.number('primary_network_id', 1);
  if (network !== undefined && network !== networkId) throw unprocessable('does not exist', 'primary_network_id');
  const group = wishes.number('hypervisor_group_id', 1);
  if (group === undefined) return null;
  const zone = zoneOf(call, group);
  if (zone === undefined) throw unprocessable('does not exist', 'hypervisor_group_id');
  return zone;
}
