import { AgencyError } from '@cloud-agency/errors';
import type { Ids } from '@cloud-agency/runtime';
import { type Call, parseCall } from '@cloud-agency/sla';
import { ownedAgreement } from '../agreements/owned-agreement.js';
import type { Policies } from '../negotiation/policies.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { RenegotiationRow } from '../store/renegotiation-tables.js';
import { type AgreementRow, parsed } from '../store/tables.js';
import { take } from './accepting.js';
import { checkChange } from './changed-call.js';
import { open, type Wanted } from './opening.js';
import { moveTo } from './states.js';

/** What a client asks for. */
export interface Asked extends Pick<Wanted, 'leastGain' | 'switching' | 'accept'> {
  /** The agreement's call as it is to be: YAML, JSON or a WS-Agreement offer. */
  readonly document?: string;
}

/** What a client does about renegotiations of its agreements. */
export class RenegotiationDesk {
  constructor(
    private readonly store: AgencyStore,
    private readonly ids: Ids,
    private readonly policies: Policies,
    private readonly quotas: TenantQuotas,
  ) {}

  /**
   * Resolves to the id of the renegotiation, once it is on disk.
   * @throws AgencyError not-found; conflict when the agreement cannot be renegotiated now, or not to this call; what parseCall throws.
   */
  async ask(agreementId: string, { document, ...terms }: Asked, tenant: string): Promise<string> {
    const call = document === undefined ? undefined : await this.read(document, tenant);
    return await this.store.work(async (work) => {
      const agreement = await ownedAgreement(work, agreementId, tenant);
      if (call) await checkAgainst(work, agreement, call);
      const changed = call && document !== undefined ? { changed: { call, document } } : {};
      return await open(work, this.ids, agreement, { cause: 'client', reason: 'the client asked for it', ...terms, ...changed });
    });
  }

  /** @throws AgencyError not-found, conflict. */
  async accept(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const row = await proposed(work, id, tenant, 'accepted');
      const obstacle = await take(work, this.quotas, row);
      if (obstacle !== undefined)
        throw new AgencyError('conflict', { message: `Renegotiation ${id} cannot be accepted: ${obstacle}.` });
    });
  }

  /** @throws AgencyError not-found, conflict. */
  async reject(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const row = await proposed(work, id, tenant, 'rejected');
      await moveTo(work, row, 'rejected', 'the client rejected it; the agreement is as it was');
    });
  }

  private async read(document: string, tenant: string): Promise<Call> {
    return parseCall(document, await this.policies.named(tenant), this.store.now()).call;
  }
}

async function checkAgainst(work: Work, agreement: AgreementRow, call: Call): Promise<void> {
  const { call: present } = await work.tables
    .selectFrom('cfp')
    .select('call')
    .where('id', '=', agreement.cfp)
    .executeTakeFirstOrThrow();
  checkChange(parsed(present), call);
}

async function proposed(work: Work, id: string, tenant: string, to: 'accepted' | 'rejected'): Promise<RenegotiationRow> {
  const row = await work.tables
    .selectFrom('renegotiation')
    .selectAll()
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .executeTakeFirst();
  if (!row)
    throw new AgencyError('not-found', { what: `Renegotiation ${id}`, hint: 'GET /renegotiation/ lists those there are.' });
  if (row.state === 'proposed' && row.next_at > work.now) return row;
  const state = row.state === 'proposed' ? 'expired' : row.state;
  throw new AgencyError('conflict', { message: `Renegotiation ${id} cannot be ${to}: it is ${state}.` });
}
