import { AgencyError } from '@cloud-agency/errors';
import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';
import type { Work } from '../store/agency-store.js';
import type { PlacementState } from '../store/tables.js';
import type { Machine } from './machine.js';
import type { Asked } from './request.js';

/** Why an agent is not let in, and what it, or whoever looks after it, is told. */
export const refusalSentences = {
  token: 'The Agency has given no machine this token.',
  'token-used': 'The token was used already, with another key. Each is good for one machine, once.',
  'token-ended': 'The token is no longer good: a machine has an hour from its order. Its replacement gets another.',
  placement: 'The token was made for another placement than the one that the request names.',
  address: 'The request comes from another address than the one that the vendor gave the machine.',
  revoked: 'The machine is not one that the Agency has any more.',
  certificate: 'This needs the certificate that the machine was given when it enrolled, and one that has not ended.',
  key: 'The certificate is for another key than the one that the machine enrolled with.',
} as const;
export type Refusal = keyof typeof refusalSentences;

const expected: readonly PlacementState[] = ['running', 'active'];
const underWay: readonly PlacementState[] = ['requested', 'building'];
const tryAgainSeconds = 2;

/** Of a token. @throws AgencyError agent-early when it is too soon to tell. */
export function enrolmentRefusal(machine: Machine, asked: Asked, address: string, now: number): Refusal | undefined {
  if (asked.placement !== machine.placement) return 'placement';
  if (machine.publicKey !== null && machine.publicKey !== asked.key) return 'token-used';
  if (now > machine.tokenUntil) return 'token-ended';
  // A machine is often up before its vendor says so.
  if (underWay.includes(machine.state) || (machine.address === null && expected.includes(machine.state)))
    throw new AgencyError('agent-early', { seconds: tryAgainSeconds });
  return standingRefusal(machine, address);
}

/** Of a certificate of the authority's. */
export function presentedRefusal(machine: Machine, key: string, address: string): Refusal | undefined {
  return machine.publicKey === key ? standingRefusal(machine, address) : 'key';
}

function standingRefusal({ state, address: known }: Machine, address: string): Refusal | undefined {
  if (!expected.includes(state)) return 'revoked';
  return known !== null && isSame(known, address) ? undefined : 'address';
}

/** An IPv6 address has many spellings, and vendors use them. */
const isSame = (known: string, address: string): boolean =>
  known === address ||
  (isIP(known) !== 0 && isIP(address) !== 0 && ipaddr.process(known).toString() === ipaddr.process(address).toString());

/**
 * The same refusal of the same machine is told once: whoever tries again and again fills nobody's list of events. That a machine which is
 * being given back sends something to the last is nothing to tell.
 */
export async function noteRefusal(work: Work, machine: Machine, refusal: Refusal, address: string): Promise<void> {
  if (machine.refused === refusal || machine.state === 'cancelling') return;
  await work.tables.updateTable('enrolment').set({ refused: refusal }).where('placement', '=', machine.placement).execute();
  await work.record({
    type: 'resource.agent_refused',
    tenant: machine.tenant,
    subject: `/compute/${machine.resource}`,
    cfp: machine.cfp,
    agreement: machine.agreement,
    message: `Somebody at ${address} who came as the agent of ${machine.title} was refused. ${refusalSentences[refusal]}`,
    data: { resource: machine.resource, item: machine.item, placement: machine.placement, reason: refusal, address },
  });
}
