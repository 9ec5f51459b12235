import { childOf, type MarkupElement } from '../markup.js';
import { expectMachine } from './hardware.js';
import { readNetworks } from './instantiate.js';
import { types } from './names.js';
import type { Answer, Call, Handler } from './service.js';
import { accepted, beginOn } from './tasks.js';
import { duplicate } from './templates.js';
import type { Connection, Guest, VApp, VirtualMachine } from './things.js';
import { badRequest, noAccess } from './vcloud-error.js';
import { namespaces, networkConfigMarkup } from './vapp-view.js';
import { foundVApp, idleVApp, vAppsIn } from './vapps.js';
import { connectionsMarkup, customizationMarkup } from './vm-sections.js';

/** A vApp and its virtual machine can be renamed; nothing else of what is sent is heeded. */
export const rename: Handler = (call) => (call.id.startsWith('vm-') ? renameMachine(call) : renameVApp(call));

function renameMachine(call: Call): Answer {
  idleVApp(call);
  return changeMachine(call, nameIn(call.body(types.vm, 'Vm'), 80));
}

function renameVApp(call: Call): Answer {
  const { vApp, instance } = idleVApp(call);
  const { name, description } = nameIn(call.body(types.vApp, 'VApp'), 128);
  if (vAppsIn(call).some((other) => other.vApp.id !== vApp.id && other.instance.name === name)) throw duplicate(name);
  call.keeping.vApps.save({ ...vApp, description });
  return accepted(call, beginOn(call, call.testbed.fleet.rename(instance, name), 'Updating Virtual Application', 'vappUpdate'));
}

function nameIn(wish: MarkupElement, most: number): { readonly name: string; readonly description: string } {
  const { name = '' } = wish.attributes;
  if (name === '' || name.length > most) throw badRequest(`The name has 1 to ${most} characters: '${name}'.`);
  return { name, description: childOf(wish, 'Description')?.text ?? '' };
}

export const showConnections: Handler = (call) => {
  expectMachine(call);
  return { type: types.connections, markup: connectionsMarkup(call, foundVApp(call, call.id), namespaces) };
};

export const changeConnections: Handler = (call) => {
  expectMachine(call);
  const { vApp } = idleVApp(call);
  const wish = childOf(call.body(types.connections, 'NetworkConnectionSection'), 'NetworkConnection');
  const network = wish?.attributes.network ?? 'none';
  if (network !== 'none' && !vApp.networks.includes(network))
    throw badRequest(`The network "${network}" of the connection is no network of the vApp.`);
  const mode = childOf(wish, 'IpAddressAllocationMode')?.text ?? 'NONE';
  if (!['POOL', 'DHCP', 'MANUAL', 'NONE'].includes(mode)) throw badRequest(`The IP addressing mode cannot be '${mode}'.`);
  const isConnected = childOf(wish, 'IsConnected')?.text === 'true';
  const connection: Connection = { network, mode, isConnected };
  return changeMachine(call, { connection });
};

export const showCustomization: Handler = (call) => {
  expectMachine(call);
  return { type: types.customization, markup: customizationMarkup(call, foundVApp(call, call.id), namespaces) };
};

/** What is left out has its default again (1.5, "Retrieve or Modify the GuestCustomizationSection"). */
export const changeCustomization: Handler = (call) => {
  expectMachine(call);
  const { vApp } = idleVApp(call);
  const wish = call.body(types.customization, 'GuestCustomizationSection');
  const told = (name: string): string | undefined => childOf(wish, name)?.text;
  const computerName = told('ComputerName') ?? vApp.vm.guest.computerName;
  if (!/^(?!\d+$)[A-Za-z0-9-]{1,63}$/.test(computerName))
    throw badRequest(
      `The computer name '${computerName}' is not valid: letters, digits and hyphens, 63 at most, not digits alone.`,
    );
  const script = told('CustomizationScript') ?? '';
  if (script.length > 49_000) throw badRequest('The customization script is longer than 49,000 characters.');
  const guest: Guest = { enabled: told('Enabled') !== 'false', script, computerName };
  return changeMachine(call, { guest });
};

export const showNetworkConfig: Handler = (call) => {
  const found = foundVApp(call, call.id);
  if (found.vApp.id !== call.id) throw noAccess('vapp', call.id);
  return { type: types.networkConfig, markup: networkConfigMarkup(call, found, namespaces) };
};

export const changeNetworkConfig: Handler = (call) => {
  const { vApp, instance } = idleVApp(call);
  if (vApp.id !== call.id) throw noAccess('vapp', call.id);
  const networks = readNetworks(call, call.body(types.networkConfig, 'NetworkConfigSection'));
  const { network } = vApp.vm.connection;
  if (network !== 'none' && !networks.includes(network))
    throw badRequest(`The network "${network}" is in use by a virtual machine.`);
  const changed: VApp = { ...vApp, networks };
  call.keeping.vApps.save(changed);
  return accepted(call, beginOn(call, instance, 'Updating Virtual Application', 'vappUpdateVapp'));
};

function changeMachine(call: Call, change: Partial<VirtualMachine>): Answer {
  const { vApp, instance } = idleVApp(call);
  call.keeping.vApps.save({ ...vApp, vm: { ...vApp.vm, ...change } });
  return accepted(call, beginOn(call, instance, 'Updating Virtual Machine of', 'vappUpdateVm'));
}
