import type { RegionProfile } from '../../../catalogue/profile.js';
import type { InstanceOrder } from '../../../cloud/cloud.js';
import type { Instance } from '../../../cloud/instance.js';
import { Refusal } from '../../../cloud/refusal.js';
import { type Call, type Handler, zoneRequired } from '../call.js';
import { CloudStackFault, invalid } from '../fault.js';
import { begin } from '../jobs.js';
import { joinNetwork } from './join-network.js';
import { machinesOf } from './machine-view.js';
import { defaultNetwork, type GuestNetwork, networkCalled } from './network-view.js';
import { offeringCalled } from './places.js';
import { deployableTemplate } from './templates.js';

/** What fits into a request line, and what into a form (UserVmManagerImpl.validateUserData). */
const longestUserData = { GET: 4096, POST: 32_768 };

/**
 * DeployVMCmd: the record of the machine is made before the answer, the machine itself in the job; a zone without room is told by the job,
 * and the machine is then in Error.
 */
export const deployVirtualMachine: Handler = (call) => {
  const { params, testbed } = call;
  const region = zoneRequired(call);
  const { size } = offeringCalled(call, params.require('serviceofferingid'));
  const template = deployableTemplate(call);
  if (template.architecture !== size.architecture)
    throw invalid(`The template ${template.id} is of another architecture than the service offering ${size.name}.`);
  checkUserData(call);
  const networks = networksOf(call, region);
  const id = testbed.ids.next();
  const order: InstanceOrder = {
    ids: [id],
    region,
    zone: null,
    size,
    image: template.id,
    name: nameFor(call, region, id),
    labels: {},
    keyName: keyNameOf(call),
    userData: userDataOf(call),
    request: null,
  };
  const { instance, failure } = place(call, order);
  if (!failure) for (const network of networks) joinNetwork(call, network, instance, undefined);
  const job = begin(call, {
    subject: 'VirtualMachine',
    subjectId: id,
    change: instance.change,
    ...(failure ? { failure } : {}),
  });
  return { id, jobid: job.id };
};

function place({ cloud }: Call, order: InstanceOrder): { readonly instance: Instance; readonly failure?: CloudStackFault } {
  try {
    return { instance: only(cloud.create(order)) };
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'no-capacity') throw error;
    const message = `Unable to create a deployment for VM instance ${order.name}`;
    return { instance: only(cloud.createFailed(order, message)), failure: new CloudStackFault(533, message) };
  }
}

function only([instance]: readonly Instance[]): Instance {
  if (!instance) throw new Error('no machine was placed');
  return instance;
}

/** A host name of its own in its zone (UserVmManagerImpl.checkNameForRFCCompliance and checkIfHostNameUniqueInNtwkDomain). */
function nameFor(call: Call, { region }: RegionProfile, id: string): string {
  const name = call.params.get('name');
  if (name === undefined) return `VM-${id}`;
  if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(name))
    throw invalid(
      "Invalid name. Vm name can contain ASCII letters 'a' through 'z', the digits '0' through '9', and the hyphen ('-'), must be between 1 and 63 characters long, and can't start or end with \"-\" and can't start with digit",
    );
  const taken = machinesOf(call).some((other) => other.region === region && other.name === name && other.state !== 'terminated');
  if (taken)
    throw invalid(`The VM with hostName ${name} already exists in the network domain: cs1cloud.internal; network=default`);
  return name;
}

/** @throws CloudStackFault 431 */
function keyNameOf({ cloud, params }: Call): string | null {
  const name = params.get('keypairs') ?? params.get('keypair');
  if (name === undefined) return null;
  if (cloud.keyPair('', name)) return name;
  throw invalid(`A key pair with name '${name}' was not found.`);
}

/** @throws CloudStackFault 431 */
const userDataOf = ({ params }: Call): string | undefined => {
  const encoded = params.get('userdata');
  return encoded ? Buffer.from(encoded, 'base64').toString() : undefined;
};

function checkUserData({ params, method }: Call): void {
  const text = params.get('userdata');
  if (text === undefined) return;
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) throw invalid('User data is not base64 encoded');
  const most = method === 'POST' ? longestUserData.POST : longestUserData.GET;
  if (text.length >= most) throw invalid(`User data is too long for an http ${method} request`);
}

/** The networks beside the default one, which a machine of the testbed answers in and therefore has. @throws CloudStackFault 431 */
function networksOf(call: Call, { region }: RegionProfile): readonly GuestNetwork[] {
  const wanted = call.params.list('networkids').map((id) => networkCalled(call, 'networkids', id));
  const [first, ...others] = wanted;
  const foreign = wanted.find((network) => network.region !== region);
  if (foreign) throw invalid(`Network id=${foreign.id} doesn't belong to zone ${region}`);
  if (first && first.id !== defaultNetwork(call.cloud.name, region).id)
    throw invalid(`Network ${first.id} cannot be the default one of a machine here: that is the network 'default'`);
  return others;
}
