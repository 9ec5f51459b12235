import { field, type Json, list, number, text } from '../../vendor/json.js';
import { installationMark, readMachineLabel } from '../../vendor/machine-label.js';
import type { Fault, Instance, InstanceState, TaggedInstance } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';
import type { Zones } from './zones.js';

/** VirtualMachine.State of the source (VENDORS.md). A state that CloudStack adds one day counts as still building. */
const states: Readonly<Record<string, InstanceState>> = {
  Running: 'active',
  Starting: 'building',
  Stopping: 'building',
  Migrating: 'building',
  Restoring: 'building',
  Stopped: 'inactive',
  Shutdown: 'inactive',
  Error: 'error',
  // Its owner may bring it back for a while, and it costs nothing meanwhile.
  Destroyed: 'gone',
  Expunging: 'gone',
};

const pendingJob = 0;

/** On a machine: the job that made it. */
export const deployJobTag = 'agency.job';

/** What there is of the account's machines. */
export class Machines {
  constructor(
    private readonly api: CloudStackApi,
    private readonly zones: Zones,
  ) {}

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const machine = await this.described(region, vendorId);
    return machine === undefined ? undefined : await this.instance(region, machine);
  }

  /** As CloudStack describes it; undefined when it does not know it. */
  async described(region: string, vendorId: string): Promise<Json | undefined> {
    const command = { command: 'listVirtualMachines', params: { id: vendorId }, scope: region };
    const answer = await unlessGone(this.api.call(command));
    const [machine] = list(answer, 'virtualmachine');
    if (machine === undefined) return undefined;
    if (text(machine, 'id') !== vendorId) throw malformed(`the answer does not describe the machine ${vendorId}`);
    return machine;
  }

  /** @throws VendorError not-found */
  async require(region: string, vendorId: string): Promise<Json> {
    const machine = await this.described(region, vendorId);
    if (machine === undefined) throw new VendorError('not-found', `${region} has no machine ${vendorId}`);
    return machine;
  }

  /** The machine whose name is this label. */
  async labelled(region: string, placement: string): Promise<Instance | undefined> {
    const machines = await this.all(region, placement);
    const machine = machines.find((candidate) => readMachineLabel(nameOf(candidate))?.placement === placement);
    return machine === undefined ? undefined : await this.instance(region, machine);
  }

  async of(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    const machines = await this.all(region, undefined);
    return machines.flatMap((machine) => {
      const label = readMachineLabel(nameOf(machine));
      const instance = instanceOf(machine, null);
      return label?.mark === mark && instance && instance.state !== 'gone' ? [{ ...instance, placement: label.placement }] : [];
    });
  }

  /** `keyword` is found anywhere in a name, and compared again by who asks: a cloud may not know it. */
  private async all(region: string, keyword: string | undefined): Promise<readonly Json[]> {
    const params = { zoneid: await this.zones.id(region), keyword };
    return await this.api.list({ command: 'listVirtualMachines', params, scope: region }, 'virtualmachine');
  }

  private async instance(region: string, machine: Json): Promise<Instance> {
    const fault = text(machine, 'state') === 'Error' ? await this.faultOf(region, machine) : null;
    const instance = instanceOf(machine, fault);
    if (!instance) throw malformed('the answer describes a machine without an id');
    return instance;
  }

  /** Only the job that was to start a machine says why it did not, and lists show those only that go on: its tag says which it was. */
  private async faultOf(region: string, machine: Json): Promise<Fault> {
    const jobid = tagsOf(machine).get(deployJobTag);
    const command = { command: 'queryAsyncJobResult', params: { jobid }, scope: region };
    const job = jobid === undefined ? undefined : await unlessGone(this.api.call(command));
    const code = number(job, 'jobresult', 'errorcode') ?? number(job, 'jobresultcode');
    const message = text(job, 'jobresult', 'errortext') ?? 'the machine went to Error and CloudStack does not say why';
    return { reason: faultReason(code, message), code: code === undefined ? null : String(code), message };
  }
}

/** ApiErrorCode: 533 INSUFFICIENT_CAPACITY_ERROR, 532 and 535 the account's limits. Some releases tell a full cloud under 530, in words. */
function faultReason(code: number | undefined, message: string): Fault['reason'] {
  if (code === 533 || /insufficient|no (destination|suitable)|not enough capacity|unable to create a deployment/i.test(message))
    return 'no-capacity';
  return code === 532 || code === 535 ? 'quota' : 'boot-failed';
}

export const nameOf = (machine: Json): string => text(machine, 'name') ?? '';

/** Undefined when it carries no id. */
function instanceOf(machine: Json, fault: Fault | null): Instance | undefined {
  const vendorId = text(machine, 'id');
  if (vendorId === undefined) return undefined;
  const shown = states[text(machine, 'state') ?? ''] ?? 'building';
  // A new machine is Stopped until the job that makes it begins to start it.
  const state = shown === 'inactive' && number(machine, 'jobstatus') === pendingJob ? 'building' : shown;
  return { vendorId, state, address: addressOf(machine), zone: text(machine, 'zonename') ?? null, fault };
}

/** The public address by static NAT, else that of the interface that the machine came with. */
function addressOf(machine: Json): string | null {
  const nics = list(machine, 'nic');
  const own = nics.find((nic) => field(nic, 'isdefault') === true) ?? nics[0];
  return text(machine, 'publicip') ?? text(own, 'ipaddress') ?? null;
}

/** Tags of a resource as its description carries them. */
export const tagsOf = (resource: Json): ReadonlyMap<string, string> =>
  new Map(list(resource, 'tags').map((tag) => [text(tag, 'key') ?? '', text(tag, 'value') ?? '']));

/** A map or a list as indexed parameters: `tags[0].key`, `tags[0].value`. */
export const tagParams = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([key, value], index) => [
      [`tags[${index}].key`, key],
      [`tags[${index}].value`, value],
    ]),
  );
