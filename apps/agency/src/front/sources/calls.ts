import { AgencyError } from '@cloud-agency/errors';
import { cfpId, type Entity, type EntityDraft, type JsonValue, type LinkRef, messageId, proposalId } from '@cloud-agency/occi';
import { isoTime } from '@cloud-agency/runtime';
import type { Call } from '@cloud-agency/sla';
import type { CallDesk } from '../../calls/call-desk.js';
import type { Negotiator } from '../../calls/negotiator.js';
import type { AgencyStore } from '../../store/agency-store.js';
import { ownCalls } from '../../store/owned.js';
import { type CfpRow, parsed } from '../../store/tables.js';
import { withSecrets } from '../call-intake.js';
import type { DocumentSource, EntityQuery, EntitySource } from '../entity-source.js';
import { documentOf } from './call-document.js';
import { callAs, callTypes, shownDocument } from './call-as.js';
import { linkTo, listed } from './listing.js';

/** Calls for proposals as OCCI entities (OCCI.md 4). */
export class CfpSource implements EntitySource {
  readonly kind = cfpId;

  constructor(
    private readonly store: AgencyStore,
    private readonly desk: CallDesk,
    private readonly negotiator: Negotiator,
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(ownCalls(this.store.tables, query.tenant).orderBy('created_at').orderBy('id'), query);
    return await Promise.all(rows.map((row) => this.entity(row)));
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.row(id, tenant);
    return row && (await this.entity(row));
  }

  readonly documents: DocumentSource = {
    types: callTypes,
    of: async (id, wanted, tenant) => {
      const row = await this.row(id, tenant);
      const type = callTypes.find((known) => known === wanted);
      return row && type && callAs(type, row);
    },
  };

  async create(draft: EntityDraft, tenant: string): Promise<Entity> {
    const { id, as, webhookSecrets } = await this.desk.submit(documentOf(draft), tenant);
    if (as === 'renegotiation')
      throw new AgencyError('invalid-request', {
        message: `The document renegotiates an agreement, which is under way as /renegotiation/${id}. Send such a document by itself, as application/wsag+xml.`,
      });
    const entity = await this.get(id, tenant);
    if (!entity) throw new AgencyError('not-found', { what: `/cfp/${id}`, hint: 'It was deleted at once.' });
    return withSecrets(entity, webhookSecrets);
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.desk.withdraw(id, tenant);
  }

  private async row(id: string, tenant: string): Promise<CfpRow | undefined> {
    return await ownCalls(this.store.tables, tenant).where('id', '=', id).executeTakeFirst();
  }

  private async entity(row: CfpRow): Promise<Entity> {
    const call: Call = parsed(row.call);
    return {
      kind: cfpId,
      id: row.id,
      title: row.name,
      mixins: [],
      attributes: {
        'agency.cfp.name': row.name,
        'agency.cfp.state': row.state,
        'agency.cfp.state.message': row.message,
        'agency.cfp.round': row.round,
        'agency.cfp.reply_by': isoTime(row.created_at + call.negotiate.replyBy),
        'agency.cfp.offers': row.offers,
        'agency.cfp.answers': (this.negotiator.answersSoFar(row.id) ?? parsed(row.answers)) as unknown as JsonValue,
        'agency.cfp.document': shownDocument(row),
        'agency.cfp.explanation': parsed(row.explanation) as unknown as JsonValue,
      },
      actions: [],
      links: [...(await this.proposals(row.id)), ...(await this.messages(row.id))],
    };
  }

  private async proposals(cfp: string): Promise<readonly LinkRef[]> {
    const rows = await this.store.tables
      .selectFrom('proposal')
      .select(['id'])
      .where('cfp', '=', cfp)
      .orderBy('created_at')
      .orderBy('rank')
      .execute();
    return rows.map((row) => linkTo({ location: `/proposal/${row.id}`, kind: proposalId }, 'proposal_link', row.id));
  }

  private async messages(cfp: string): Promise<readonly LinkRef[]> {
    const rows = await this.store.tables
      .selectFrom('message')
      .select('id')
      .where('conversation', '=', cfp)
      .orderBy('at')
      .orderBy('place')
      .orderBy('id')
      .execute();
    return rows.map(({ id }) => linkTo({ location: `/message/${id}`, kind: messageId }, 'message_link', id));
  }
}
