import type { Instance } from '../../cloud/instance.js';
import { type InstanceMetrics, metricsOf } from '../../cloud/metrics.js';
import { escaped } from '../markup.js';
import { ownGroup, ownUser, type OneCall } from './call.js';
import { clustersOf, providedNetwork } from './provided.js';
import { networkNamed } from './network-view.js';
import { vectorMarkup, type Vector, templateMarkup } from './template.js';
import type { VmRecord } from './vm-record.js';
import { isUnplaced, shownState } from './vm-state.js';

export const seconds = (ms: number | null): number => Math.floor((ms ?? 0) / 1000);

export const ownership = (user: number, group: number, call: OneCall): string =>
  `<UID>${user}</UID><GID>${group}</GID><UNAME>${user === ownUser ? `${call.cloud.name}-user` : 'oneadmin'}</UNAME><GNAME>${group === ownGroup ? 'users' : 'oneadmin'}</GNAME>`;

export const permissions = (others: 0 | 1): string =>
  `<PERMISSIONS><OWNER_U>1</OWNER_U><OWNER_M>1</OWNER_M><OWNER_A>0</OWNER_A><GROUP_U>0</GROUP_U><GROUP_M>0</GROUP_M><GROUP_A>0</GROUP_A><OTHER_U>${others}</OTHER_U><OTHER_M>0</OTHER_M><OTHER_A>0</OTHER_A></PERMISSIONS>`;

/** Attributes of the operator's and OpenNebula's own, which lists show in brief (VirtualMachineTemplate::to_xml_short of the source). */
const briefly = ['LABELS', 'SCHED_MESSAGE', 'SCHED_REQUIREMENTS', 'ERROR'];

/** @param brief as `one.vmpool.info` shows it from 5.8 on: of the user's own attributes nothing. */
export function vmMarkup(call: OneCall, instance: Instance, record: VmRecord | undefined, brief: boolean): string {
  const { state, lcm } = shownState(call, instance, record);
  const user = userTemplate(instance).filter(([name]) => !brief || briefly.includes(name));
  return [
    `<VM><ID>${instance.id}</ID>${ownership(ownUser, ownGroup, call)}<NAME>${escaped(instance.name)}</NAME>`,
    brief ? '' : permissions(0),
    `<LAST_POLL>${seconds(instance.launchedAt)}</LAST_POLL><STATE>${state}</STATE><LCM_STATE>${lcm}</LCM_STATE>`,
    brief ? '' : `<PREV_STATE>${state}</PREV_STATE><PREV_LCM_STATE>${lcm}</PREV_LCM_STATE>`,
    `<RESCHED>0</RESCHED><STIME>${seconds(instance.createdAt)}</STIME><ETIME>${seconds(instance.endedAt)}</ETIME>`,
    `<DEPLOY_ID>${instance.launchedAt === null ? '' : `one-${instance.id}`}</DEPLOY_ID><MONITORING>${measured(call, instance)}</MONITORING>`,
    `<TEMPLATE>${record ? templateOf(call, instance, record) : ''}</TEMPLATE>`,
    `<USER_TEMPLATE>${vectorMarkup(Object.fromEntries(user))}</USER_TEMPLATE>`,
    `<HISTORY_RECORDS>${isUnplaced(instance) ? '' : history(call, instance)}</HISTORY_RECORDS></VM>`,
  ].join('');
}

function userTemplate(instance: Instance): readonly (readonly [string, string])[] {
  const own = Object.entries(instance.labels);
  if (!instance.fault) return own;
  const message = `${new Date(instance.fault.at).toUTCString()} : ${instance.fault.message}`;
  return [...own, [isUnplaced(instance) ? 'SCHED_MESSAGE' : 'ERROR', message]];
}

function templateOf(call: OneCall, instance: Instance, record: VmRecord): string {
  const nics = [...primaryNic(instance, record), ...addedNics(call, instance)];
  return [
    templateMarkup([
      { name: 'CPU', value: record.cpu },
      { name: 'VCPU', value: String(record.vcpu) },
      { name: 'MEMORY', value: String(record.memoryMib) },
      { name: 'VMID', value: instance.id },
    ]),
    ...[...record.disks, ...addedDisks(call, instance)].map((disk) => `<DISK>${vectorMarkup(disk)}</DISK>`),
    ...nics.map((nic) => `<NIC>${vectorMarkup(nic)}</NIC>`),
    templateMarkup(record.more),
  ].join('');
}

export const addedDisks = ({ testbed }: OneCall, instance: Instance): readonly Vector[] =>
  testbed.volumes.of(instance).map(({ id, name, gib, attachment, change }) => ({
    ...attaching(change),
    DATASTORE: 'default',
    DATASTORE_ID: '1',
    DISK_ID: attachment?.id ?? '',
    IMAGE: name,
    IMAGE_ID: id,
    PERSISTENT: 'YES',
    SIZE: String(gib * 1024),
    TARGET: attachment?.device ?? '',
    TYPE: 'BLOCK',
  }));

function primaryNic({ address }: Instance, { hasAddress }: VmRecord): readonly Vector[] {
  if (!hasAddress || address === null) return [];
  return [
    {
      BRIDGE: 'br0',
      IP: address,
      MAC: macOf(address),
      NETWORK: providedNetwork.name,
      NETWORK_ID: String(providedNetwork.id),
      NIC_ID: '0',
    },
  ];
}

/** What is being attached or detached says so (VirtualMachine.cc, set_attach_disk and set_attach_nic). */
const attaching = (change: object | null): Vector => (change === null ? {} : { ATTACH: 'YES' });

const addedNics = (call: OneCall, instance: Instance): readonly Vector[] =>
  call.testbed.interfaces.of(instance).map(({ address, mac, network, attachment, labels, change }) => ({
    ...labels,
    ...attaching(change),
    BRIDGE: `onebr.${network}`,
    ...(address === null ? {} : { IP: address }),
    MAC: mac,
    NETWORK: networkNamed(call, network),
    NETWORK_ID: network,
    NIC_ID: String(attachment?.index ?? ''),
  }));

/** `02:00` and the four bytes of the address (OpenNebula documentation, "oned configuration", MAC_PREFIX). */
export const macOf = (address: string): string =>
  ['02', '00', ...address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))].join(':');

function measured({ cloud, testbed }: OneCall, instance: Instance): string {
  const size = cloud.size(instance.region, instance.size);
  if (!size || instance.state !== 'running') return '';
  return measurements(metricsOf(instance, size, testbed.clock.now()), size.vcpus);
}

/** CPU is per cent of one core, MEMORY kibibytes; the others are bytes since the machine began to run. */
export function measurements(metrics: InstanceMetrics, cores: number): string {
  const { memoryUsedMib, networkInBytes, networkOutBytes, diskReadBytes, diskWriteBytes } = metrics;
  const cpu = `<CPU>${(metrics.cpuPercent * cores).toFixed(2)}</CPU>`;
  const disk = `<DISKRDBYTES>${diskReadBytes}</DISKRDBYTES><DISKWRBYTES>${diskWriteBytes}</DISKWRBYTES>`;
  return `${cpu}${disk}<MEMORY>${memoryUsedMib * 1024}</MEMORY><NETRX>${networkInBytes}</NETRX><NETTX>${networkOutBytes}</NETTX>`;
}

function history({ region }: OneCall, instance: Instance): string {
  const cluster = clustersOf(region).find(({ name }) => name === instance.zone);
  if (!cluster) return '';
  const { id, host } = cluster;
  return `<HISTORY><OID>${instance.id}</OID><SEQ>0</SEQ><HOSTNAME>${host.name}</HOSTNAME><HID>${host.id}</HID><CID>${id}</CID><STIME>${seconds(instance.createdAt)}</STIME><ETIME>${seconds(instance.endedAt)}</ETIME><VM_MAD>kvm</VM_MAD><TM_MAD>ssh</TM_MAD><DS_ID>0</DS_ID></HISTORY>`;
}
