import type { FastifyError } from 'fastify';
import { KeptThings } from '../../cloud/kept-things.js';
import { passwordOf } from '../credentials.js';
import type { Face } from '../face.js';
import { backUpDisk, convertBackup, deleteBackup, deleteTemplate, listBackups, showBackup } from './backups.js';
import { ControlPanel, type Handler } from './call.js';
import { createVm } from './create-vm.js';
import { addDisk, deleteDisk, type ExtraDisk, listDisks, listDisksOfVm, resizeDisk, showDisk } from './disks.js';
import * as infrastructure from './infrastructure.js';
import { type IpJoin, joinAddress, listAddresses, listAddressesOfVm, listInterfaces, removeAddress } from './ip-addresses.js';
import { forbidden } from './onapp-error.js';
import { addSshKey, listSshKeys, setSshKeys, type SshKey } from './ssh-keys.js';
import { listOwnTemplates, listTemplates } from './templates.js';
import { listTransactions, type Transaction } from './transactions.js';
import { cpuUsage, diskUsage, interfaceUsage, usageStatistics } from './usage.js';
import { buildVm, deleteVm, editVm, power, resizeVm, suspendVm } from './vm-actions.js';
import type { VmRecord } from './vm-record.js';
import { listVms, showVm } from './vms.js';

/** OnApp's API of 2.3 to 5.0 as a user without an administrator's rights meets it: one control panel for each cloud, at `/<cloud>/`. */
export const face: Face = {
  name: 'onapp',
  failedBoot: 'error',
  serve(app, testbed) {
    const kept = {
      vms: new KeptThings<VmRecord>(testbed.disk, 'onapp virtual server'),
      disks: new KeptThings<ExtraDisk>(testbed.disk, 'onapp disk'),
      ips: new KeptThings<IpJoin>(testbed.disk, 'onapp ip address'),
      sshKeys: new KeptThings<SshKey>(testbed.disk, 'onapp ssh key'),
      transactions: new KeptThings<Transaction>(testbed.disk, 'onapp transaction'),
    };
    app.setErrorHandler((error: FastifyError, _request, reply) =>
      reply.code(error.statusCode ?? 500).send({ errors: [error.message] }),
    );
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'onapp') continue;
      const panel = new ControlPanel(app, testbed, kept, cloud);
      serveVms(panel);
      serveStorage(panel);
      serveRest(panel);
    }
  },
  access: ({ name }, origin) => ({ vendor: name, endpoint: `${origin}/${name}`, credentials: passwordOf(name) }),
};

function serveVms(panel: ControlPanel): void {
  panel.on('GET', 'virtual_machines', listVms);
  panel.on('POST', 'virtual_machines', createVm);
  panel.on('GET', 'virtual_machines/:id', showVm);
  panel.on('PUT', 'virtual_machines/:id', editVm);
  panel.on('DELETE', 'virtual_machines/:id', deleteVm);
  panel.on('POST', 'virtual_machines/:id/build', buildVm);
  panel.on('POST', 'virtual_machines/:id/resize', resizeVm);
  panel.on('POST', 'virtual_machines/:id/startup', power('start'));
  panel.on('POST', 'virtual_machines/:id/shutdown', power('stop'));
  panel.on('POST', 'virtual_machines/:id/stop', power('stop'));
  panel.on('POST', 'virtual_machines/:id/reboot', power('reboot'));
  panel.on('POST', 'virtual_machines/:id/suspend', suspendVm);
  panel.on('POST', 'virtual_machines/:id/set_ssh_keys', setSshKeys);
  panel.on('GET', 'virtual_machines/:id/transactions', listTransactions);
  panel.on('GET', 'virtual_machines/:id/cpu_usage', cpuUsage);
  panel.on('GET', 'virtual_machines/:id/network_interfaces', listInterfaces);
  panel.on('GET', 'virtual_machines/:id/network_interfaces/:nic/usage', interfaceUsage);
  panel.on('GET', 'virtual_machines/:id/ip_addresses', listAddressesOfVm);
  panel.on('POST', 'virtual_machines/:id/ip_addresses', joinAddress);
  panel.on('DELETE', 'virtual_machines/:id/ip_addresses/:join', removeAddress);
}

function serveStorage(panel: ControlPanel): void {
  panel.on('GET', 'virtual_machines/:id/disks', listDisksOfVm);
  panel.on('POST', 'virtual_machines/:id/disks', addDisk);
  panel.on('GET', 'virtual_machines/:id/backups', listBackups);
  panel.on('GET', 'settings/disks', listDisks);
  panel.on('GET', 'settings/disks/:disk', showDisk);
  panel.on('PUT', 'settings/disks/:disk', resizeDisk);
  panel.on('DELETE', 'settings/disks/:disk', deleteDisk);
  panel.on('GET', 'settings/disks/:disk/usage', diskUsage);
  panel.on('POST', 'settings/disks/:disk/backups', backUpDisk);
  panel.on('GET', 'backups/:id', showBackup);
  panel.on('DELETE', 'backups/:id', deleteBackup);
  panel.on('POST', 'backups/:id/convert', convertBackup);
  panel.on('GET', 'templates', listTemplates);
  panel.on('GET', 'templates/user', listOwnTemplates);
  panel.on('DELETE', 'templates/:id', deleteTemplate);
}

/** What belongs to administrators is there, and not for this user. */
const refuse: Handler = () => {
  throw forbidden();
};

function serveRest(panel: ControlPanel): void {
  panel.on('GET', 'version', infrastructure.showVersion);
  panel.on('GET', 'profile', infrastructure.showProfile);
  panel.on('GET', 'settings/hypervisor_zones', infrastructure.listHypervisorZones);
  panel.on('GET', 'settings/hypervisors', infrastructure.listHypervisors);
  panel.on('GET', 'settings/networks', infrastructure.listNetworks);
  panel.on('POST', 'settings/networks', refuse);
  panel.on('GET', 'settings/networks/:network/ip_addresses', listAddresses);
  panel.on('GET', 'settings/data_stores', infrastructure.listDataStores);
  panel.on('GET', 'billing_plans/:plan', infrastructure.showBillingPlan);
  panel.on('GET', 'billing_plans/:plan/base_resources', infrastructure.listBaseResources);
  panel.on('GET', 'users/:user/resource_limit', infrastructure.showResourceLimit);
  panel.on('GET', 'users/:user/ssh_keys', listSshKeys);
  panel.on('POST', 'users/:user/ssh_keys', addSshKey);
  panel.on('GET', 'usage_statistics', usageStatistics);
}
