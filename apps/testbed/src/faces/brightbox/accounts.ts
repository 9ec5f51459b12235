import type { Api, Call, Handler } from './api.js';
import { cloudIps, mostCloudIps } from './cloud-ips.js';
import { notFound } from './errors.js';
import { idOf, mib, resourceOf } from './resource.js';

/** Accounts, with what they may have in all and what they have: memory and storage in MB. */
export function serveAccounts(api: Api): void {
  api.route('GET', '/accounts', (call) => ({ body: [accountView(call)] }));
  api.route('GET', '/accounts/:id', showAccount);
  api.route('GET', '/account', (call) => ({ body: accountView(call) }));
}

const showAccount: Handler = (call) => {
  const account = accountView(call);
  if (account.id !== call.id) throw notFound();
  return { body: account };
};

function accountView(call: Call) {
  const { cloud, region, testbed } = call;
  const servers = cloud.instances(region.region).filter(({ state }) => state !== 'terminated');
  const memory = servers.map(({ size }) => cloud.size(region.region, size)?.memoryGib ?? 0);
  const largest = Math.max(...cloud.sizes(region.region).map(({ memoryGib }) => memoryGib));
  const volumes = testbed.volumes.in({ cloud: cloud.name, region: region.region });
  return {
    ...resourceOf(call, 'account', idOf('account', cloud.name)),
    name: cloud.profile.title,
    status: 'active',
    servers_used: servers.length,
    ram_limit: mib(largest * region.quota),
    ram_used: mib(memory.reduce((sum, gib) => sum + gib, 0)),
    block_storage_limit: mib(1024),
    block_storage_used: mib(volumes.reduce((sum, { gib }) => sum + gib, 0)),
    cloud_ips_limit: mostCloudIps,
    cloud_ips_used: cloudIps(call).length,
    valid_credit_card: true,
  };
}
