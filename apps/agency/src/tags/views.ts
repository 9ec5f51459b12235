import type { Mixin } from '@cloud-agency/occi';
import type { Clock } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import { templateOf } from '../resources/saved-images.js';
import { type AgencyTables, parsed } from '../store/tables.js';

/** What a client says about one entity. */
export interface Marks {
  readonly tags: readonly string[];
  readonly title: string | null;
  readonly summary: string | null;
}

/** What is known of a tenant's tags without asking the database. */
export interface View {
  /** The tags, and the OS templates that the tenant has saved. */
  readonly mixins: readonly Mixin[];
  /** Whether anything is said about any entity: most tenants never do, and then nobody has to look. */
  readonly marked: boolean;
}

export const none: ReadonlyMap<string, Marks> = new Map();
const noMixins: readonly Mixin[] = [];
/** How old a view may be, ms: other instances change the same tables. */
const freshMs = 1_000;
/** Locations in one query; SQLite takes no more than 32,766 values. */
const slice = 1_000;

interface Held extends View {
  readonly at: number;
  readonly text: string;
}

/** Reads the tables of tags, seldom. */
export class Views {
  private readonly held = new Map<string, Held>();
  private changes = 0;

  constructor(
    private readonly tables: Kysely<AgencyTables>,
    private readonly clock: Clock,
  ) {}

  async of(tenant: string): Promise<View> {
    const held = this.held.get(tenant);
    const now = this.clock.now();
    if (held && now - held.at < freshMs) return held;
    const before = this.changes;
    const read = await this.read(tenant);
    // The same array as before, when it says the same: what was made of it stays good.
    const fresh = {
      ...read,
      at: this.changes === before ? now : -Infinity,
      mixins: held?.text === read.text ? held.mixins : read.mixins,
    };
    this.held.set(tenant, fresh);
    return fresh;
  }

  /** Something was changed here: the next look is a new one. */
  forget(tenant: string): void {
    this.changes += 1;
    const held = this.held.get(tenant);
    if (held) this.held.set(tenant, { ...held, at: -Infinity });
  }

  async marks(locations: readonly string[], tenant: string): Promise<ReadonlyMap<string, Marks>> {
    const found = new Map<string, Marks>();
    const add = (location: string, marks: Partial<Marks>): void => {
      found.set(location, { ...(found.get(location) ?? { tags: [], title: null, summary: null }), ...marks });
    };
    for (let from = 0; from < locations.length; from += slice) {
      const some = locations.slice(from, from + slice);
      for (const { location, title, summary } of await this.rows('label', some, tenant)) add(location, { title, summary });
      for (const { location, tag } of await this.rows('tagged', some, tenant))
        add(location, { tags: [...(found.get(location)?.tags ?? []), tag] });
    }
    return found;
  }

  private rows<T extends 'label' | 'tagged'>(table: T, locations: readonly string[], tenant: string): Promise<AgencyTables[T][]>;
  private async rows(table: 'label' | 'tagged', locations: readonly string[], tenant: string): Promise<unknown[]> {
    return await this.tables
      .selectFrom(table)
      .selectAll()
      .where('tenant', '=', tenant)
      .where('location', 'in', locations)
      .execute();
  }

  private async read(tenant: string): Promise<View & { readonly text: string }> {
    const rows = await this.tables.selectFrom('tag').select('mixin').where('tenant', '=', tenant).orderBy('id').execute();
    const saved = await this.tables
      .selectFrom('saved_image')
      .selectAll()
      .where('tenant', '=', tenant)
      .orderBy('created_at')
      .execute();
    const templates = saved.map(templateOf);
    const text = [...rows.map(({ mixin }) => mixin), ...templates.map((template) => JSON.stringify(template))].join('\n');
    return {
      text,
      mixins: text === '' ? noMixins : [...rows.map(({ mixin }) => parsed(mixin)), ...templates],
      marked: await this.isMarked(tenant),
    };
  }

  private async isMarked(tenant: string): Promise<boolean> {
    for (const table of ['tagged', 'label'] as const)
      if (await this.tables.selectFrom(table).select('location').where('tenant', '=', tenant).limit(1).executeTakeFirst())
        return true;
    return false;
  }
}
