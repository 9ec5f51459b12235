import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import type { Instance, InstanceState } from '../../cloud/instance.js';
import type { RpcStruct } from '../xml-rpc.js';
import { datacenterView } from './locations.js';
import { feeOf, feeText } from './options.js';
import type { SlObject } from './result.js';

/** Power is on or off or paused; what is being changed is told by the transaction that changes it. */
const powerStates: Partial<Readonly<Record<InstanceState, string>>> = {
  running: 'RUNNING',
  stopping: 'RUNNING',
  rebooting: 'RUNNING',
  pausing: 'RUNNING',
  resizing: 'RUNNING',
  paused: 'PAUSED',
  unpausing: 'PAUSED',
};
const halted = 'HALTED';

const transactions: Partial<Readonly<Record<InstanceState, readonly [string, string]>>> = {
  booting: ['ASSIGN_HOST', 'Assign Host'],
  deleting: ['RECLAIM_WAIT', 'Reclaim'],
  resizing: ['UPGRADE_GUEST', 'Upgrade Guest'],
};

/** A guest that could not be provisioned has no provision date, no transaction, and is disconnected. */
export function guestView(cloud: Cloud, guest: Instance): SlObject {
  const { cores, memoryGib, diskGb } = capacityOf(guest.size);
  const { domain = '', os = '' } = guest.labels;
  const state = guest.odd ?? powerStates[guest.state] ?? halted;
  const status = guest.state === 'error' ? 'DISCONNECTED' : 'ACTIVE';
  return {
    local: {
      id: Number(guest.id),
      accountId: 1_234,
      hostname: guest.name,
      domain,
      fullyQualifiedDomainName: `${guest.name}.${domain}`,
      globalIdentifier: uuidOf(`${guest.cloud} ${guest.id}`),
      uuid: uuidOf(`${guest.cloud} ${guest.id} uuid`),
      createDate: slTime(guest.createdAt),
      maxCpu: cores,
      maxCpuUnits: 'CORE',
      startCpus: cores,
      maxMemory: memoryGib * 1024,
      hourlyBillingFlag: true,
      localDiskFlag: guest.labels.local === 'true',
      statusId: 1_001,
    },
    related: {
      ...(guest.launchedAt === null ? {} : { provisionDate: slTime(guest.launchedAt) }),
      ...(guest.address === null || guest.state === 'booting'
        ? {}
        : { primaryIpAddress: guest.address, primaryBackendIpAddress: guest.address }),
      ...activeTransaction(guest),
      powerState: { keyName: state, name: nameOf(state) },
      status: { keyName: status, name: nameOf(status) },
      datacenter: datacenterView(cloud, guest.region),
      tagReferences: tagsOf(guest).map((name, index) => ({ id: index + 1, tag: { id: index + 1, name } })),
      blockDevices: [
        {
          id: Number(guest.id) * 10,
          device: '0',
          mountType: 'Disk',
          diskImage: { id: Number(guest.id) * 10 + 1, capacity: diskGb },
        },
      ],
      operatingSystem: { softwareLicense: { softwareDescription: { referenceCode: os } } },
      billingItem: { id: Number(guest.id) + 1, hourlyRecurringFee: feeText(feeOf(cores, memoryGib, diskGb)) },
      userData: guest.userData === undefined ? [] : [{ value: guest.userData }],
    },
  };
}

function activeTransaction({ id, state }: Instance): RpcStruct {
  const [name, friendlyName] = transactions[state] ?? [];
  return name === undefined ? {} : { activeTransaction: { id: Number(id) + 2, transactionStatus: { name, friendlyName } } };
}

const nameOf = (keyName: string): string => keyName.charAt(0) + keyName.slice(1).toLowerCase();

export const tagsOf = ({ labels }: Instance): string[] =>
  (labels.tags ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');

/** `2013-08-01T15:23:45-00:00` */
export const slTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}-00:00`;

/** SoftLayer has no names for what machines are made of; the testbed calls them like this. */
export const sizeCalled = (cores: number, memoryGib: number, diskGb: number): string => `c${cores}-m${memoryGib}-d${diskGb}`;

export function capacityOf(size: string): { readonly cores: number; readonly memoryGib: number; readonly diskGb: number } {
  const [, cores, memory, disk] = /^c([\d.]+)-m([\d.]+)-d(\d+)$/.exec(size) ?? [];
  return { cores: Number(cores ?? 1), memoryGib: Number(memory ?? 1), diskGb: Number(disk ?? 25) };
}
