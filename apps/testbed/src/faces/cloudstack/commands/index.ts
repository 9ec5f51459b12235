import type { Handler } from '../call.js';
import {
  associateIpAddress,
  disableStaticNat,
  disassociateIpAddress,
  enableStaticNat,
  listPublicIpAddresses,
} from './addresses.js';
import { listAsyncJobs, queryAsyncJobResult } from './async-jobs.js';
import { deployVirtualMachine } from './deploy.js';
import { listAccounts, listResourceLimits } from './limits.js';
import {
  changeServiceForVirtualMachine,
  destroyVirtualMachine,
  rebootVirtualMachine,
  scaleVirtualMachine,
  startVirtualMachine,
  stopVirtualMachine,
} from './machine-actions.js';
import { listNics, listVirtualMachines, listVirtualMachinesMetrics } from './machines.js';
import {
  addNicToVirtualMachine,
  createNetwork,
  deleteNetwork,
  listNetworkOfferings,
  listNetworks,
  removeNicFromVirtualMachine,
} from './networks.js';
import { listCapabilities, listOsTypes, listServiceOfferings, listZones } from './places.js';
import { createSnapshot, deleteSnapshot, listSnapshots } from './snapshots.js';
import { deleteSshKeyPair, listSshKeyPairs, registerSshKeyPair } from './ssh-keys.js';
import { createTags, deleteTags, listTags } from './tags.js';
import { createTemplate, deleteTemplate, listTemplates } from './templates.js';
import { attachVolume, createVolume, deleteVolume, detachVolume, listDiskOfferings, listVolumes } from './volumes.js';

/** What a user may ask of the API (API reference, 4.19, user commands). */
export const commands: ReadonlyMap<string, Handler> = new Map(
  Object.entries({
    addNicToVirtualMachine,
    associateIpAddress,
    attachVolume,
    changeServiceForVirtualMachine,
    createNetwork,
    createSnapshot,
    createTags,
    createTemplate,
    createVolume,
    deleteNetwork,
    deleteSSHKeyPair: deleteSshKeyPair,
    deleteSnapshot,
    deleteTags,
    deleteTemplate,
    deleteVolume,
    deployVirtualMachine,
    destroyVirtualMachine,
    detachVolume,
    disableStaticNat,
    disassociateIpAddress,
    enableStaticNat,
    listAccounts,
    listAsyncJobs,
    listCapabilities,
    listDiskOfferings,
    listNetworkOfferings,
    listNetworks,
    listNics,
    listOsTypes,
    listPublicIpAddresses,
    listResourceLimits,
    listSSHKeyPairs: listSshKeyPairs,
    listServiceOfferings,
    listSnapshots,
    listTags,
    listTemplates,
    listVirtualMachines,
    listVirtualMachinesMetrics,
    listVolumes,
    listZones,
    queryAsyncJobResult,
    rebootVirtualMachine,
    registerSSHKeyPair: registerSshKeyPair,
    removeNicFromVirtualMachine,
    scaleVirtualMachine,
    startVirtualMachine,
    stopVirtualMachine,
  }),
);

/** `deployVirtualMachine`: `deployvirtualmachineresponse`; what is no command is answered in an `errorresponse`. */
export const responseNameOf = (command: string): string =>
  commands.has(command) ? `${command.toLowerCase()}response` : 'errorresponse';
