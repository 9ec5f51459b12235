import { account, type Call, type Handler } from '../call.js';
import { invalid } from '../fault.js';
import { listed } from '../listing.js';
import { machinesOf } from './machine-view.js';
import { guestNetworksOf } from './network-view.js';

/** -1 is «no limit»; the machines are limited in each zone of the testbed, and to CloudStack in all together. */
const resourceTypes = [
  'user_vm',
  'public_ip',
  'volume',
  'snapshot',
  'template',
  'project',
  'network',
  'vpc',
  'cpu',
  'memory',
  'primary_storage',
  'secondary_storage',
];

const machineLimitOf = ({ cloud }: Call): number => cloud.profile.regions.reduce((sum, { quota }) => sum + quota, 0);

/** ListResourceLimitsCmd: limits, not what is used of them; listAccounts tells that. */
export const listResourceLimits: Handler = (call) => {
  const type = call.params.integer('resourcetype');
  if (type !== undefined && resourceTypes[type] === undefined) throw invalid('Please specify a valid resource type.');
  const limits = resourceTypes.map((name, index) => ({
    ...account,
    resourcetype: String(index),
    resourcetypename: name,
    max: name === 'user_vm' ? machineLimitOf(call) : -1,
  }));
  const meant = limits.filter(({ resourcetype }) => type === undefined || resourcetype === String(type));
  return listed(call, 'resourcelimit', meant, (limit) => limit);
};

/** A user sees the account that is his own, with what is left of its limits. */
export const listAccounts: Handler = (call) => {
  const { cloud, testbed, store } = call;
  const machines = machinesOf(call).filter(({ state }) => state !== 'terminated');
  const sizes = machines.flatMap(({ region, size }) => cloud.size(region, size) ?? []);
  const total = (read: (size: (typeof sizes)[number]) => number): number => sizes.reduce((sum, size) => sum + read(size), 0);
  const most = machineLimitOf(call);
  const volumes = testbed.volumes.all().filter((volume) => volume.cloud === cloud.name);
  const view = {
    id: account.domainid,
    name: account.account,
    accounttype: 0,
    domainid: account.domainid,
    domain: account.domain,
    state: 'enabled',
    isdefault: false,
    vmlimit: String(most),
    vmtotal: machines.length,
    vmavailable: String(most - machines.length),
    ...unlimited('ip', store.addresses.of(cloud.name).length),
    ...unlimited('volume', volumes.length + machines.length),
    ...unlimited('snapshot', store.snapshots.of(cloud.name).length),
    ...unlimited('template', testbed.savedImages.all().filter((image) => image.cloud === cloud.name).length),
    ...unlimited('network', guestNetworksOf(call).length),
    ...unlimited(
      'cpu',
      total(({ vcpus }) => vcpus),
    ),
    ...unlimited(
      'memory',
      total(({ memoryGib }) => memoryGib * 1024),
    ),
    vmstopped: machines.filter(({ state }) => state === 'stopped').length,
    vmrunning: machines.filter(({ state }) => state === 'running').length,
  };
  return listed(call, 'account', [view], (own) => own);
};

const unlimited = (name: string, used: number) => ({
  [`${name}limit`]: 'Unlimited',
  [`${name}total`]: used,
  [`${name}available`]: 'Unlimited',
});
