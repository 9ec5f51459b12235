import { AgencyError } from '@cloud-agency/errors';
import { type Entity, type EntityChange, type EntityDraft, type JsonValue, policyId } from '@cloud-agency/occi';
import type { Ids } from '@cloud-agency/runtime';
import { parsePolicy, policies as shipped } from '@cloud-agency/sla';
import type { AgencyStore, Work } from '../../store/agency-store.js';
import type { PolicyRow } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { listed } from './listing.js';

const nameAttribute = 'agency.policy.name';
const documentAttribute = 'agency.policy.document';

/** Policies that clients store under a name, for calls to refer to. The one named `default` chooses for computes that come without a call. */
export class PolicySource implements EntitySource {
  readonly kind = policyId;
  readonly tables = ['policy'] as const;

  constructor(
    private readonly store: AgencyStore,
    private readonly ids: Ids,
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(
      this.store.tables.selectFrom('policy').selectAll().where('tenant', '=', query.tenant).orderBy('created_at').orderBy('id'),
      query,
    );
    return rows.map(entity);
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.store.tables
      .selectFrom('policy')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .executeTakeFirst();
    return row && entity(row);
  }

  async create({ attributes, links }: EntityDraft, tenant: string): Promise<Entity> {
    if (links.length > 0) throw new AgencyError('invalid-request', { message: 'A policy has no links.' });
    const { name, document } = checked(attributes);
    if (name === undefined) throw new AgencyError('invalid-request', { message: `${nameAttribute} is required.` });
    if (document === undefined) throw new AgencyError('invalid-request', { message: `${documentAttribute} is required.` });
    const row = await this.store.work(async (work) => {
      const made = { id: this.ids.next(), tenant, name, document, created_at: work.now };
      await assertFree(work, made);
      await work.tables.insertInto('policy').values(made).execute();
      return made;
    });
    return entity(row);
  }

  async update(id: string, { attributes }: EntityChange, tenant: string): Promise<void> {
    const change = checked(attributes);
    if (Object.keys(change).length === 0) return;
    await this.store.work(async (work) => {
      await assertFree(work, { id, tenant, ...change });
      await work.tables.updateTable('policy').set(change).where('id', '=', id).where('tenant', '=', tenant).execute();
    });
  }

  async replace(id: string, { attributes, ...rest }: EntityChange, tenant: string): Promise<void> {
    for (const name of [nameAttribute, documentAttribute])
      if (!(name in attributes)) throw new AgencyError('invalid-request', { message: `${name} is required.` });
    await this.update(id, { attributes, ...rest }, tenant);
  }

  /** Calls that were made by it keep what it said then. */
  async remove(id: string, tenant: string): Promise<void> {
    await this.store.work((work) => work.tables.deleteFrom('policy').where('id', '=', id).where('tenant', '=', tenant).execute());
  }
}

/** @throws AgencyError invalid-request, and what parsePolicy throws. */
function checked(attributes: Readonly<Record<string, JsonValue>>): { readonly name?: string; readonly document?: string } {
  const { [nameAttribute]: name, [documentAttribute]: given } = attributes;
  if (name !== undefined && (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,62}$/.test(name)))
    throw new AgencyError('invalid-request', {
      message: `${nameAttribute} must be lower-case letters, digits and hyphens, beginning with a letter, at most 63.`,
    });
  if (name !== undefined && (shipped as readonly string[]).includes(name))
    throw new AgencyError('invalid-request', {
      message: `${name} is a policy of the Agency's own; choose another name.`,
    });
  const document = given === undefined ? undefined : JSON.stringify(given);
  if (document !== undefined) parsePolicy(document);
  return { ...(name === undefined ? {} : { name }), ...(document === undefined ? {} : { document }) };
}

async function assertFree(
  work: Work,
  { id, tenant, name }: Pick<PolicyRow, 'id' | 'tenant'> & { readonly name?: string },
): Promise<void> {
  if (name === undefined) return;
  const other = await work.tables
    .selectFrom('policy')
    .select('id')
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .where('id', '!=', id)
    .executeTakeFirst();
  if (other)
    throw new AgencyError('conflict', {
      message: `There is a policy named ${name} already: /policy/${other.id}. Change that one.`,
    });
}

const entity = ({ id, name, document }: PolicyRow): Entity => ({
  kind: policyId,
  id,
  title: name,
  mixins: [],
  attributes: { [nameAttribute]: name, [documentAttribute]: JSON.parse(document) as JsonValue },
  actions: [],
  links: [],
});
