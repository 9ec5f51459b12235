import { type Entity, type JsonValue, messageId } from '@cloud-agency/occi';
import { isoTime } from '@cloud-agency/runtime';
import type { AgencyStore } from '../../store/agency-store.js';
import type { MessageRow } from '../../store/conversation.js';
import { parsed } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { listed } from './listing.js';

/** What was said in the negotiations of a tenant's calls, message by message, in order. */
export class MessageSource implements EntitySource {
  readonly kind = messageId;

  constructor(private readonly store: AgencyStore) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const { 'agency.message.conversation': conversation } = query.filters.attributes;
    const rows = await listed(
      this.of(query.tenant)
        .$if(conversation !== undefined, (own) => own.where('message.conversation', '=', conversation ?? ''))
        .orderBy('message.at')
        .orderBy('message.place')
        .orderBy('message.id'),
      query,
    );
    return rows.map(entity);
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.of(tenant).where('message.id', '=', id).executeTakeFirst();
    return row && entity(row);
  }

  /** Those of calls that the client has not deleted. */
  private of(tenant: string) {
    return this.store.tables
      .selectFrom('message')
      .innerJoin('cfp', 'cfp.id', 'message.conversation')
      .selectAll('message')
      .where('cfp.tenant', '=', tenant)
      .where('cfp.removed', '=', 0);
  }
}

function entity(row: MessageRow): Entity {
  return {
    kind: messageId,
    id: row.id,
    title: `${row.performative} of ${row.sender}`,
    mixins: [],
    attributes: {
      'agency.message.conversation': row.conversation,
      'agency.message.at': isoTime(row.at),
      'agency.message.direction': row.direction,
      'agency.message.performative': row.performative,
      'agency.message.sender': row.sender,
      ...(row.receiver === null ? {} : { 'agency.message.receiver': row.receiver }),
      ...(row.round === null ? {} : { 'agency.message.round': row.round }),
      'agency.message.standing': row.standing,
      'agency.message.id': row.message,
      ...(row.in_reply_to === null ? {} : { 'agency.message.in_reply_to': row.in_reply_to }),
      'agency.message.content': parsed(row.body) as JsonValue,
    },
    actions: [],
    links: [],
  };
}
