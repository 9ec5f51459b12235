import type { Instance, InstanceState } from '../../cloud/instance.js';
import { inWords } from '../../cloud/refusal.js';
import { childOf, childrenOf, escaped, type MarkupElement, textOfChild } from '../markup.js';
import { providedImages, providedNetwork } from '../opennebula/provided.js';
import { macOf } from '../opennebula/vm-view.js';
import { bodyCalled, found, type Handler, idIn, notFound, type OcciCall, OcciError, owner, ownUser } from './occi-call.js';
import { link, storageCalled } from './resources.js';

/**
 * VirtualMachine::VM_STATE of the source: a machine that is on its way is ACTIVE for most of it. The testbed's wait for the scheduler until
 * they run, since nothing but PENDING tells a client so.
 */
const states: Readonly<Record<InstanceState, string>> = {
  booting: 'PENDING',
  running: 'ACTIVE',
  rebooting: 'ACTIVE',
  stopping: 'ACTIVE',
  stopped: 'POWEROFF',
  starting: 'PENDING',
  suspending: 'ACTIVE',
  suspended: 'SUSPENDED',
  resuming: 'PENDING',
  deleting: 'ACTIVE',
  terminated: 'DONE',
  error: 'FAILED',
  // OpenNebula has no such states; nothing that it is asked for leads to them.
  pausing: 'ACTIVE',
  paused: 'ACTIVE',
  unpausing: 'ACTIVE',
  resizing: 'ACTIVE',
  resized: 'ACTIVE',
  reverting: 'ACTIVE',
};

export const listComputes: Handler = (call) => {
  const machines = call.cloud.instances(call.region.region).filter(({ state }) => state !== 'terminated');
  const entries = machines.map((machine) =>
    call.isVerbose ? compute(call, machine) : link(call, 'compute', machine.id, machine.name),
  );
  return found(`<COMPUTE_COLLECTION>${entries.join('')}</COMPUTE_COLLECTION>`);
};

export const showCompute: Handler = (call) => found(compute(call, machineOf(call)));

export const createCompute: Handler = (call) => {
  const { cloud, region, testbed } = call;
  const wanted = bodyCalled(call, 'COMPUTE');
  const type = childOf(wanted, 'INSTANCE_TYPE');
  const size = cloud.sizes(region.region).find(({ name }) => name === (idIn(type) ?? type?.text));
  if (!size) throw new OcciError(500, 'Bad instance type');
  const [disk] = childrenOf(wanted, 'DISK');
  const id = testbed.numbers.next();
  const order = {
    ids: [id],
    region,
    zone: null,
    size,
    image: String(storageCalled(idIn(childOf(disk, 'STORAGE'))).id),
    name: textOfChild(wanted, 'NAME') ?? `one-${id}`,
    labels: { ...contextOf(wanted), ...networkOf(wanted) },
    keyName: null,
    request: null,
  };
  inWords({ quota: overQuota, 'no-capacity': full }, () => cloud.create(order));
  return found(compute(call, machineOf({ ...call, id })), 201);
};

export const updateCompute: Handler = (call) => {
  const machine = machineOf(call);
  const wanted = bodyCalled(call, 'COMPUTE');
  if (childrenOf(wanted, 'DISK').some((disk) => childOf(disk, 'SAVE_AS')))
    throw new OcciError(403, 'The testbed saves no disks.');
  const state = textOfChild(wanted, 'STATE')?.toUpperCase();
  const isChanged = state !== undefined && change(call, machine, state);
  return found(compute(call, machineOf(call)), isChanged ? 202 : 200);
};

/** Finalizes it, whatever it is doing. */
export const deleteCompute: Handler = (call) => {
  const machine = machineOf(call);
  if (machine.state !== 'deleting' && machine.state !== 'terminated') call.testbed.fleet.act(machine, 'delete');
  return found('', 204);
};

interface Change {
  readonly from: readonly string[];
  readonly does: 'halt' | 'start' | 'reboot' | 'suspend' | 'resume' | 'delete';
}

/** OCCI_ACTION of the source (3.8.4). That RESTART is how a machine that is powered off starts again is not checked. */
const changes: Readonly<Record<string, Change>> = {
  SUSPENDED: { from: ['ACTIVE'], does: 'suspend' },
  STOPPED: { from: ['ACTIVE'], does: 'suspend' },
  RESUME: { from: ['STOPPED', 'SUSPENDED'], does: 'resume' },
  CANCEL: { from: ['ACTIVE'], does: 'delete' },
  SHUTDOWN: { from: ['ACTIVE'], does: 'delete' },
  REBOOT: { from: ['ACTIVE'], does: 'reboot' },
  RESET: { from: ['ACTIVE'], does: 'reboot' },
  POWEROFF: { from: ['ACTIVE'], does: 'halt' },
  RESTART: { from: ['POWEROFF'], does: 'start' },
  DONE: { from: Object.values(states), does: 'delete' },
};
const resting = ['INIT', 'PENDING', 'HOLD', 'ACTIVE', 'STOPPED', 'SUSPENDED', 'DONE', 'FAILED', 'POWEROFF'];

/** Whether there is anything to change; a state that it is in already is none. @throws OcciError */
function change({ testbed }: OcciCall, machine: Instance, wanted: string): boolean {
  const current = states[machine.state];
  const action = Object.hasOwn(changes, wanted) ? changes[wanted] : undefined;
  if (!action && !resting.includes(wanted)) throw new OcciError(400, `Invalid state: "${wanted}"`);
  if (wanted === current || !action) return false;
  if (!action.from.includes(current))
    throw new OcciError(403, `The state of the resource cannot be changed from ${current} to ${wanted}.`);
  // ACTIVE says too little of what OpenNebula itself lets be done.
  const busy = (): OcciError =>
    new OcciError(
      500,
      `[VirtualMachineAction] Wrong state to perform action "${action.does}" on virtual machine [${machine.id}].`,
    );
  if (machine.state !== 'rebooting' || action.does !== 'reboot')
    inWords({ 'wrong-state': busy }, () => testbed.fleet.act(machine, action.does));
  return true;
}

function machineOf({ cloud, region, id }: OcciCall): Instance {
  const machine = cloud.instance(region.region, id);
  if (!machine) throw notFound('VirtualMachine', id);
  return machine;
}

const overQuota = (): OcciError =>
  new OcciError(403, `[VirtualMachineAllocate] User [${ownUser}] limit of 1 reached for VMS quota in VM.`);

/** A real one takes the order and leaves the machine PENDING for good; OCCI has no word for why, so the testbed says it here. */
const full = (): OcciError =>
  new OcciError(
    500,
    '[VirtualMachineAllocate] Error allocating a new virtual machine. No host with enough capacity to deploy the VM',
  );

/** What stands in CONTEXT is the machine's to read. */
const contextOf = (wanted: MarkupElement): Record<string, string> =>
  Object.fromEntries((childOf(wanted, 'CONTEXT')?.children ?? []).map(({ name, text }) => [name, text]));

/** A machine without a NIC has no address that anybody knows of. */
const hasNetwork = 'testbed.network';

function networkOf(wanted: MarkupElement): Record<string, string> {
  const ids = childrenOf(wanted, 'NIC').map((nic) => idIn(childOf(nic, 'NETWORK')));
  const unknown = ids.find((id) => id !== String(providedNetwork.id));
  if (ids.length > 0 && unknown !== undefined) throw notFound('VirtualNetwork', unknown);
  return ids.length === 0 ? {} : { [hasNetwork]: String(providedNetwork.id) };
}

/** VirtualMachineOCCI::OCCI_VM of the source. */
function compute(call: OcciCall, machine: Instance): string {
  const { base, cloud, region } = call;
  const size = cloud.size(region.region, machine.size);
  const { [hasNetwork]: network, ...context } = machine.labels;
  const members = Object.entries(context).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
  return [
    `<COMPUTE href="${base}/compute/${machine.id}"><ID>${machine.id}</ID>${owner(call)}`,
    `<CPU>${size?.vcpus ?? 1}</CPU><MEMORY>${(size?.memoryGib ?? 1) * 1024}</MEMORY><NAME>${escaped(machine.name)}</NAME>`,
    `<INSTANCE_TYPE href="${base}/instance_type/${machine.size}">${machine.size}</INSTANCE_TYPE>`,
    `<STATE>${machine.odd ?? states[machine.state]}</STATE>`,
    diskOf(call, machine),
    network === undefined ? '' : nicOf(call, machine),
    members.length === 0 ? '' : `<CONTEXT>${members.join('')}</CONTEXT>`,
    '</COMPUTE>',
  ].join('');
}

function diskOf({ base }: OcciCall, { image }: Instance): string {
  const name = providedImages.find(({ id }) => String(id) === image)?.name ?? '';
  return `<DISK id="0"><STORAGE href="${base}/storage/${image}" name="${escaped(name)}"/><TYPE>FILE</TYPE><TARGET>hda</TARGET></DISK>`;
}

function nicOf({ base }: OcciCall, { address }: Instance): string {
  const { id, name } = providedNetwork;
  const lease = address === null ? '' : `<IP>${address}</IP><MAC>${macOf(address)}</MAC>`;
  return `<NIC><NETWORK href="${base}/network/${id}" name="${name}"/>${lease}</NIC>`;
}
