import { AgencyError } from '@cloud-agency/errors';
import type { Ids } from '@cloud-agency/runtime';
import {
  type AgreementTemplates,
  type Call,
  type CfpState,
  type Negotiate,
  parseCall,
  type Reaction,
  tellsAlways,
} from '@cloud-agency/sla';
import { closeOpenProposals } from '../agreements/open-proposals.js';
import type { Policies } from '../negotiation/policies.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { accept, rejectOffers } from '../agreements/acceptance.js';
import { endAgreement } from '../agreements/ending.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { ownCalls, ownProposals } from '../store/owned.js';
import { type CfpRow, json, type ProposalRow } from '../store/tables.js';
import type { Destinations } from '../webhooks/destinations.js';
import { newSecret, subscribe } from '../webhooks/webhook-desk.js';
import { moveTo } from './cfp-state.js';

export interface Submitted {
  readonly id: string;
  /** What the document became: a call, or the renegotiation of the running agreement that it names. */
  readonly as: 'cfp' | 'renegotiation';
  /** Secrets of webhooks for which the client gave none: told once, here. */
  readonly webhookSecrets: readonly { readonly url: string; readonly secret: string }[];
}

/** Takes a call that says what is to become of a running agreement; resolves to the id of the renegotiation. */
export interface Renegotiates {
  ask(
    agreement: string,
    asked: { readonly document: string; readonly accept: Negotiate['accept'] },
    tenant: string,
  ): Promise<string>;
}

/** Where the agents of machines come in. */
export interface ExpectsAgents {
  /** Resolves once they can. @throws AgencyError unsupported, for the field of this path, when they never can here. */
  expect(path: string): Promise<void>;
}

/** The client agent's desk: takes calls for proposals, and what the client decides about them (CFP.md 2). */
export class CallDesk {
  constructor(
    private readonly store: AgencyStore,
    readonly ids: Ids,
    private readonly policies: Policies,
    readonly quotas: TenantQuotas,
    private readonly templates: AgreementTemplates,
    private readonly renegotiations: Renegotiates,
    private readonly agents: ExpectsAgents,
    private readonly destinations: Destinations,
  ) {}

  /**
   * Resolves once the call is on disk; it is worked on from then, whatever happens to this process.
   * @throws AgencyError invalid-document, contradictory-constraints, unsupported; not-found, conflict for an agreement that cannot be renegotiated.
   */
  async submit(text: string, tenant: string): Promise<Submitted> {
    const { call, renegotiates } = parseCall(text, await this.policies.named(tenant), this.store.now(), this.templates);
    for (const [item, { agent }] of Object.entries(call.deployments))
      if (agent) await this.agents.expect(`resources.${item}.agent`);
    if (renegotiates !== undefined) {
      const id = await this.renegotiations.ask(renegotiates, { document: text, accept: call.negotiate.accept }, tenant);
      return { id, as: 'renegotiation', webhookSecrets: [] };
    }
    assertDestinations(call, this.destinations);
    return await this.store.work(async (work) => {
      const cfp = newCfp(this.ids.next(), call, text, tenant, work.now);
      await work.tables.insertInto('cfp').values(cfp).execute();
      const webhookSecrets = await this.subscribe(work, cfp, call);
      await moveTo(work, cfp, 'open', 'calling the vendors');
      return { id: cfp.id, as: 'cfp', webhookSecrets };
    });
  }

  /** @throws AgencyError not-found, conflict. */
  async accept(proposalId: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const { cfp, proposal } = await this.proposalOf(work, proposalId, tenant);
      await accept(work, this, cfp, proposal);
    });
  }

  /** @throws AgencyError not-found, conflict. */
  async reject(proposalId: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const { cfp, proposal } = await this.proposalOf(work, proposalId, tenant);
      if (cfp.state !== 'proposed' || proposal.state !== 'proposed') {
        throw new AgencyError('conflict', {
          message: `Proposal ${proposal.id} cannot be rejected: it is ${proposal.state}, its call ${cfp.state}.`,
        });
      }
      await rejectOne(work, cfp, proposal);
    });
  }

  /**
   * Deletes a call and its proposals: one that is under way is cancelled first, and everything that was provisioned for it given back.
   * @throws AgencyError not-found; conflict while its agreement runs.
   */
  async withdraw(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const cfp = await ownCalls(work.tables, tenant).where('id', '=', id).executeTakeFirst();
      if (!cfp)
        throw new AgencyError('not-found', { what: `Call for proposals ${id}`, hint: 'GET /cfp/ lists those there are.' });
      const agreement = await work.tables
        .selectFrom('agreement')
        .selectAll()
        .where('cfp', '=', id)
        .where('state', 'in', ['pending', 'accepted', 'suspended'])
        .executeTakeFirst();
      if (agreement && agreement.state !== 'pending') {
        throw new AgencyError('conflict', {
          message: `Agreement ${agreement.id} of this call is running. Terminate it first: DELETE /agreement/${agreement.id}.`,
        });
      }
      if (agreement) await endAgreement(work, agreement, 'rejected', 'the call was withdrawn');
      if (!finished.includes(cfp.state)) await cancelCall(work, cfp);
      await work.tables.updateTable('proposal').set({ removed: 1 }).where('cfp', '=', cfp.id).execute();
      await work.tables.updateTable('cfp').set({ removed: 1 }).where('id', '=', cfp.id).execute();
    });
  }

  /** Deletes a proposal, which rejects one that is open. @throws AgencyError not-found; conflict for the one that was accepted. */
  async discard(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const { cfp, proposal } = await this.proposalOf(work, id, tenant);
      if (proposal.state === 'accepted') {
        throw new AgencyError('conflict', { message: `Proposal ${id} was accepted: its agreement rests on it.` });
      }
      if (proposal.state === 'proposed') await rejectOne(work, cfp, proposal);
      await work.tables.updateTable('proposal').set({ removed: 1 }).where('id', '=', id).execute();
    });
  }

  private async proposalOf(work: Work, id: string, tenant: string): Promise<{ cfp: CfpRow; proposal: ProposalRow }> {
    const proposal = await ownProposals(work.tables, tenant).where('id', '=', id).executeTakeFirst();
    if (!proposal) throw new AgencyError('not-found', { what: `Proposal ${id}`, hint: 'GET /proposal/ lists those there are.' });
    const cfp = await work.tables.selectFrom('cfp').selectAll().where('id', '=', proposal.cfp).executeTakeFirstOrThrow();
    return { cfp, proposal };
  }

  private async subscribe(work: Work, cfp: CfpRow, call: Call): Promise<Submitted['webhookSecrets']> {
    const made: { url: string; secret: string }[] = [];
    for (const subscription of call.notify) {
      const { url, secret = newSecret() } = subscription;
      if (subscription.secret === undefined) made.push({ url, secret });
      const events = json([...subscription.events, ...call.reactions.flatMap(notifyPattern)]);
      await subscribe(work, this.ids, { tenant: cfp.tenant, cfp: cfp.id, url, events, secret });
    }
    return made;
  }
}

/** States that a call never leaves. */
export const finished: readonly CfpState[] = ['refused', 'rejected', 'expired', 'cancelled', 'failed', 'fulfilled'];

/** @throws AgencyError invalid-document naming each webhook that leads inside. */
function assertDestinations({ notify }: Call, destinations: Destinations): void {
  const problems = notify.flatMap(({ url }, index) => {
    const message = destinations.objectionTo(url);
    return message === undefined ? [] : [{ path: `notify[${index}].url`, message }];
  });
  if (problems.length === 0) return;
  const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
  throw new AgencyError('invalid-document', { message: ['The call cannot be taken:', ...lines].join('\n'), problems });
}

/** A rule that says `notify`, and nothing of when not, asks for its event on every webhook of the call. */
function notifyPattern(rule: Reaction): readonly string[] {
  if (rule.do !== 'notify' || !tellsAlways(rule)) return [];
  const filters = new URLSearchParams({
    ...(rule.of ? { item: rule.of } : {}),
    ...(rule.term ? { term: rule.term } : {}),
  }).toString();
  return [filters ? `${rule.on}?${filters}` : rule.on];
}

export function newCfp(id: string, call: Call, document: string, tenant: string, now: number): CfpRow {
  return {
    id,
    tenant,
    name: call.name,
    state: 'draft',
    message: '',
    round: 1,
    document,
    call: json(call),
    answers: json([]),
    explanation: json(null),
    offers: 0,
    negotiation: null,
    accepted_cost: null,
    deadline: null,
    due: 1,
    created_at: now,
    updated_at: now,
    version: 0,
    removed: 0,
    lease_owner: null,
    lease_until: null,
    epoch: 0,
  };
}

/** Ends a call that is under way; what it had proposed is withdrawn. */
export async function cancelCall(work: Work, cfp: CfpRow): Promise<void> {
  await rejectOffers(work, cfp, await closeOpenProposals(work, cfp, 'withdrawn'), []);
  await moveTo(work, cfp, 'cancelled', 'the client withdrew it');
}

/** Rejecting the last open proposal rejects the call. */
async function rejectOne(work: Work, cfp: CfpRow, proposal: ProposalRow): Promise<void> {
  await work.tables.updateTable('proposal').set({ state: 'rejected' }).where('id', '=', proposal.id).execute();
  const open = await work.tables
    .selectFrom('proposal')
    .select('id')
    .where('cfp', '=', cfp.id)
    .where('state', '=', 'proposed')
    .execute();
  if (open.length > 0) return;
  const all = await work.tables.selectFrom('proposal').selectAll().where('cfp', '=', cfp.id).execute();
  await rejectOffers(work, cfp, all, []);
  await moveTo(work, cfp, 'rejected', 'the client rejected every proposal');
}
