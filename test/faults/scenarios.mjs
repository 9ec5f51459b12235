/** What a client goes through with the Agency, in stages: each can be struck by a fault, and each has ends that are right. */
import { randomUUID } from 'node:crypto';
import { Final, until } from './client.mjs';
import { machinesAt } from './invariants.mjs';
import { clouds } from './world.mjs';

/** One small machine, watched closely, replaced whenever it is down. */
export const document = (name) => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources:
  web: { kind: compute, require: { cores: ">= 1", memory: ">= 1 GiB", image: debian-12 } }
select: { policy: lowest-cost, proposals: 2 }
negotiate: { reply_by: 2 s, rounds: 3, accept: manual, accept_up_to: 1000 % }
probes:
  - { of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 2 }
guarantees:
  - { term: availability, of: web, as: group, min_up: 1, at_least: 99.9 %, over: 30 d }
reactions:
  - { on: resource.down, do: replace }
`;

const ends = ['refused', 'rejected', 'expired', 'cancelled', 'failed'];

/** Waits for one of the states; another end of a conversation is wrong. */
async function reaches({ client }, cfp, ...wanted) {
  return await until(`the call is ${wanted.join(' or ')}`, async () => {
    const { state, message } = await client.cfp(cfp);
    if (wanted.includes(state)) return state;
    if (ends.includes(state)) throw new Final(`the call is ${state}: ${message}`);
    throw new Error(`it is ${state}: ${message}`);
  });
}

/**
 * negotiation: from the submission to proposals. A call that no agent could answer in time is refused, and says so: that is a right end too.
 * @returns the call's id, and whether there are proposals.
 */
export async function negotiate(world) {
  const name = `trial-${randomUUID().slice(0, 8)}`;
  const cfp = await world.client.submit(name, document(name));
  world.acknowledged.add(cfp);
  const state = await reaches(world, cfp, 'proposed', 'refused');
  return { cfp, state };
}

/** provisioning: from the acceptance to a machine that runs and is verified. */
export async function provision(world, cfp) {
  await world.client.acceptBest(cfp);
  await reaches(world, cfp, 'fulfilled');
}

/** replacement: from a machine's death to another in its place. */
export async function replace(world, cfp) {
  const before = (await world.client.computeOf(cfp)).attributes['agency.placement'];
  await die(world, before);
  await until(`the machine of ${before} is replaced`, async () => {
    const { attributes } = await world.client.computeOf(cfp);
    const state = attributes['occi.compute.state'];
    if (attributes['agency.placement'] !== before && state === 'active') return true;
    throw new Error(`${state} as ${attributes['agency.placement']}: ${attributes['occi.compute.state.message']}`);
  });
}

async function die({ testbed }, placement) {
  const machine = (await machinesAt(testbed)).find((one) => one.placement === placement);
  const { status } = await fetch(`${testbed.url}/control/instances/${machine.id}/die`, { method: 'POST' });
  if (status !== 200) throw new Error(`machine ${machine.id} cannot die: ${status}`);
}

/** A call that is proposed, with nothing in its way. */
export async function proposedCall(world) {
  return await until('a call is proposed', async () => {
    const { cfp, state } = await negotiate(world);
    return state === 'proposed' && cfp;
  });
}

/** A call that is proposed; the next machine of each cloud will not come up. */
export async function doomedCall(world) {
  const cfp = await proposedCall(world);
  const faults = `${world.testbed.url}/control/faults`;
  await fetch(faults, { method: 'DELETE' });
  for (const cloud of clouds) {
    const body = JSON.stringify({ cloud, fault: 'boot-error', times: 1 });
    const { status } = await fetch(faults, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (status !== 201) throw new Error(`a fault at ${cloud} was answered with ${status}`);
  }
  return cfp;
}

export async function fulfilledCall(world) {
  const cfp = await proposedCall(world);
  await provision(world, cfp);
  return cfp;
}

/** Ends what the call has led to. */
export async function end({ client }, cfp) {
  const agreement = await client.agreementOf(cfp);
  if (agreement) await client.remove(`/agreement/${agreement}`);
}
