import { AgencyError } from '@cloud-agency/errors';
import { brokeredId, type Entity, type EntityChange, type EntityDraft, type JsonValue } from '@cloud-agency/occi';
import type { AssetDesk } from '../../assets/asset-desk.js';
import { kindIds } from '../../assets/links.js';
import type { AgencyStore } from '../../store/agency-store.js';
import { type AssetRow, parsed, type RealisationRow } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { inSlices, listed } from './listing.js';

const actionTerms: Readonly<Record<AssetRow['kind'], Readonly<Record<'in-use' | 'at-rest', string>>>> = {
  storage: { 'in-use': 'offline', 'at-rest': 'online' },
  network: { 'in-use': 'down', 'at-rest': 'up' },
};

/** Storage or networks of clients' own, wherever they are realised. */
export class AssetSource implements EntitySource {
  readonly kind: string;
  readonly tables = ['asset', 'realisation'] as const;

  constructor(
    private readonly term: AssetRow['kind'],
    private readonly store: AgencyStore,
    private readonly desk: AssetDesk,
  ) {
    this.kind = kindIds[term];
  }

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(this.of(query.tenant).orderBy('created_at').orderBy('id'), query);
    return await inSlices(rows, (some) => this.entities(some));
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.of(tenant).where('id', '=', id).executeTakeFirst();
    return row && (await this.entities([row]))[0];
  }

  async create(draft: EntityDraft, tenant: string): Promise<Entity> {
    return entity(await this.desk.create(this.term, draft, tenant), []);
  }

  async update(id: string, change: EntityChange, tenant: string): Promise<void> {
    await this.desk.change(id, change, false, tenant);
  }

  async replace(id: string, whole: EntityChange, tenant: string): Promise<void> {
    await this.desk.change(id, whole, true, tenant);
  }

  async act(id: string, action: string, _attributes: Entity['attributes'], tenant: string): Promise<Entity> {
    await this.desk.act(id, action, tenant);
    const after = await this.get(id, tenant);
    if (after) return after;
    throw new AgencyError('not-found', { what: `/${this.term}/${id}`, hint: `GET /${this.term}/ lists those there are.` });
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.desk.remove(id, tenant);
  }

  private of(tenant: string) {
    return this.store.tables
      .selectFrom('asset')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('kind', '=', this.term)
      .where('wanted', '!=', 'gone');
  }

  private async entities(rows: readonly AssetRow[]): Promise<readonly Entity[]> {
    const ids = rows.map(({ id }) => id);
    const realisations =
      ids.length === 0
        ? []
        : await this.store.tables
            .selectFrom('realisation')
            .selectAll()
            .where('asset', 'in', ids)
            .where('state', '=', 'active')
            .execute();
    return rows.map((row) =>
      entity(
        row,
        realisations.filter(({ asset }) => asset === row.id),
      ),
    );
  }
}

function entity(row: AssetRow, realisations: readonly RealisationRow[]): Entity {
  const { mixins = [], attributes = {} } = parsed(row.given);
  const prefix = `occi.${row.kind}`;
  const [only, ...others] = realisations;
  const placed = only !== undefined && others.length === 0;
  return {
    kind: kindIds[row.kind],
    id: row.id,
    mixins: placed ? [...mixins, brokeredId] : mixins,
    attributes: {
      ...attributes,
      [`${prefix}.state`]: row.state,
      [`${prefix}.state.message`]: row.message,
      ...(placed ? whereabouts(only) : {}),
    },
    actions:
      row.wanted === 'gone'
        ? []
        : [`http://schemas.ogf.org/occi/infrastructure/${row.kind}/action#${actionTerms[row.kind][row.wanted]}`],
    links: [],
  };
}

/** A network that is at several places names them in its message. */
const whereabouts = ({ vendor, agent, region, zone, id }: RealisationRow): Record<string, JsonValue> => ({
  'agency.vendor': vendor,
  'agency.account': agent,
  'agency.region': region,
  ...(zone === null ? {} : { 'agency.zone': zone }),
  'agency.placement': id,
});
