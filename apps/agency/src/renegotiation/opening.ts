import { AgencyError } from '@cloud-agency/errors';
import type { Call } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import type { RenegotiationCause, RenegotiationRow } from '../store/renegotiation-tables.js';
import { type AgreementRow, json, parsed } from '../store/tables.js';
import { renegotiationUnderWay, tell } from './states.js';

/** What is wanted of a renegotiation; what is not said is as the call says it. */
export interface Wanted {
  readonly cause: RenegotiationCause;
  /** What led to it, in words. */
  readonly reason: string;
  readonly accept: 'manual' | 'best';
  /** Nothing moves for less: a share of the cost where plans are ranked by it alone, else a difference of scores. */
  readonly leastGain?: number;
  /** The share of the present cost that must be saved, where a rule says so. */
  readonly leastSaving?: number;
  /** USD for each machine that moves. */
  readonly switching?: number;
  /** The agreement's call as it is to be. */
  readonly changed?: { readonly call: Call; readonly document: string };
}

/**
 * Opens a renegotiation, which goes on by itself from then; resolves to its id.
 * @throws AgencyError conflict when the agreement does not run, or one is open already.
 */
export async function open(work: Work, ids: { next(): string }, agreement: AgreementRow, wanted: Wanted): Promise<string> {
  if (agreement.state !== 'accepted') {
    throw new AgencyError('conflict', {
      message: `Agreement ${agreement.id} is ${agreement.state}: only one that is accepted can be renegotiated.`,
    });
  }
  const other = await renegotiationUnderWay(work, agreement.id);
  if (other) {
    throw new AgencyError('conflict', {
      message: `Agreement ${agreement.id} is being renegotiated already: accept or reject /renegotiation/${other.id} first.`,
    });
  }
  const { call } = await work.tables.selectFrom('cfp').select('call').where('id', '=', agreement.cfp).executeTakeFirstOrThrow();
  const row = rowOf(ids.next(), agreement, wanted, wanted.changed?.call ?? parsed(call), work.now);
  await work.tables.insertInto('renegotiation').values(row).execute();
  await tell(work, row, 'open', wanted.reason);
  return row.id;
}

function rowOf(id: string, agreement: AgreementRow, wanted: Wanted, { negotiate }: Call, now: number): RenegotiationRow {
  const { cause, reason, accept, changed } = wanted;
  return {
    id,
    tenant: agreement.tenant,
    agreement: agreement.id,
    cause,
    reason,
    state: 'open',
    message: 'asking the vendors what they offer now',
    accept,
    document: changed?.document ?? null,
    call: changed ? json(changed.call) : null,
    least_gain: wanted.leastGain ?? negotiate.leastGain ?? 0,
    least_saving: wanted.leastSaving ?? null,
    switching: wanted.switching ?? negotiate.switchingCost ?? 0,
    moves: json([]),
    cost_before: null,
    cost_after: null,
    cost_moving: null,
    explanation: json([]),
    attempts: 0,
    next_at: now,
    deadline: null,
    created_at: now,
    updated_at: now,
    lease_owner: null,
    lease_until: null,
    epoch: 0,
  };
}
