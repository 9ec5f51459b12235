import { AgencyError } from '@cloud-agency/errors';
import { categoryId, type Mixin } from '@cloud-agency/occi';
import type { Clock } from '@cloud-agency/runtime';
import type { Kysely, Transaction } from 'kysely';
import { type AgencyTables, json } from '../store/tables.js';
import { type Marks, none, Views } from './views.js';

type Tables = Kysely<AgencyTables>;

/** Title and summary that a client gives; null takes one back, absent leaves it. */
export interface Label {
  readonly title?: string | null;
  readonly summary?: string | null;
}

/**
 * What clients say about entities, whatever their kind: mixins of their own (OCCI.md 2.1), which entities have them, titles and summaries.
 * Entities are known by their locations. Every tenant sees its own only.
 */
export class Tags {
  private readonly views: Views;

  constructor(
    private readonly tables: Tables,
    clock: Clock,
  ) {
    this.views = new Views(tables, clock);
  }

  /** The same array as long as nothing changes; another instance's changes show within a second. */
  async mixins(tenant: string): Promise<readonly Mixin[]> {
    return (await this.views.of(tenant)).mixins;
  }

  /** What this tenant's mixins are is to be read anew: a template was saved. */
  changed(tenant: string): void {
    this.views.forget(tenant);
  }

  /** @throws AgencyError conflict when one exists; then none is added. */
  async add(mixins: readonly Mixin[], tenant: string): Promise<void> {
    const rows = mixins.map((mixin) => ({ tenant, id: categoryId(mixin), mixin: json(mixin) }));
    await this.change(tenant, async (tables) => {
      const added = await tables
        .insertInto('tag')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .execute();
      // Thrown inside the transaction, so that what was added is taken back.
      if (added.length < rows.length)
        throw new AgencyError('conflict', { message: 'One of these mixins exists already. GET /-/ shows them.' });
    });
  }

  /** Removes the mixins and all their associations. */
  async remove(ids: readonly string[], tenant: string): Promise<void> {
    await this.change(tenant, async (tables) => {
      await tables.deleteFrom('tag').where('tenant', '=', tenant).where('id', 'in', ids).execute();
      await tables.deleteFrom('tagged').where('tenant', '=', tenant).where('tag', 'in', ids).execute();
    });
  }

  /** What is said about entities; those about which nothing is are left out. */
  async marks(locations: readonly string[], tenant: string): Promise<ReadonlyMap<string, Marks>> {
    const { marked } = await this.views.of(tenant);
    return marked && locations.length > 0 ? await this.views.marks(locations, tenant) : none;
  }

  /** Locations of the entities that have the mixin, in order; `page` counts from 1. */
  async members(
    tag: string,
    tenant: string,
    page?: { readonly number: number; readonly size: number },
  ): Promise<readonly string[]> {
    const all = this.tables
      .selectFrom('tagged')
      .select('location')
      .where('tenant', '=', tenant)
      .where('tag', '=', tag)
      .orderBy('location');
    const rows = await (page ? all.limit(page.size).offset((page.number - 1) * page.size) : all).execute();
    return rows.map(({ location }) => location);
  }

  async associate(tag: string, locations: readonly string[], tenant: string): Promise<void> {
    await this.change(tenant, (tables) =>
      associated(
        tables,
        locations.map((location) => ({ tenant, tag, location })),
      ),
    );
  }

  /** Makes these the only entities that have the mixin. */
  async replaceMembers(tag: string, locations: readonly string[], tenant: string): Promise<void> {
    await this.change(tenant, async (tables) => {
      await tables.deleteFrom('tagged').where('tenant', '=', tenant).where('tag', '=', tag).execute();
      await associated(
        tables,
        locations.map((location) => ({ tenant, tag, location })),
      );
    });
  }

  /** Takes the mixin from these entities; without them, from all. */
  async disassociate(tag: string, locations: readonly string[] | undefined, tenant: string): Promise<void> {
    await this.change(tenant, async (tables) => {
      const all = tables.deleteFrom('tagged').where('tenant', '=', tenant).where('tag', '=', tag);
      await (locations ? all.where('location', 'in', locations) : all).execute();
    });
  }

  /** Says of one entity which mixins it has and what it is called; `tags` are added unless they are to be all. */
  async mark(
    location: string,
    { tags, all, label }: { readonly tags: readonly string[]; readonly all: boolean; readonly label: Label },
    tenant: string,
  ): Promise<void> {
    await this.change(tenant, async (tables) => {
      if (all) await tables.deleteFrom('tagged').where('tenant', '=', tenant).where('location', '=', location).execute();
      await associated(
        tables,
        tags.map((tag) => ({ tenant, tag, location })),
      );
      await labelled(tables, location, label, tenant);
    });
  }

  /** The entities are gone. */
  async forget(locations: readonly string[], tenant: string): Promise<void> {
    if (locations.length === 0 || !(await this.views.of(tenant)).marked) return;
    await this.change(tenant, async (tables) => {
      for (const table of ['tagged', 'label'] as const)
        await tables.deleteFrom(table).where('tenant', '=', tenant).where('location', 'in', locations).execute();
    });
  }

  private async change<T>(tenant: string, task: (tables: Transaction<AgencyTables>) => Promise<T>): Promise<T> {
    try {
      return await this.tables.transaction().execute(async (transaction) => {
        const result = await task(transaction);
        // Before the commit too: who looks from now on waits for it.
        this.views.forget(tenant);
        return result;
      });
    } finally {
      this.views.forget(tenant);
    }
  }
}

async function associated(tables: Tables, rows: readonly AgencyTables['tagged'][]): Promise<void> {
  if (rows.length > 0)
    await tables
      .insertInto('tagged')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

async function labelled(tables: Tables, location: string, { title, summary }: Label, tenant: string): Promise<void> {
  const given = { ...(title === undefined ? {} : { title }), ...(summary === undefined ? {} : { summary }) };
  if (Object.keys(given).length === 0) return;
  await tables
    .insertInto('label')
    .values({ tenant, location, title: null, summary: null, ...given })
    .onConflict((conflict) => conflict.columns(['tenant', 'location']).doUpdateSet(given))
    .execute();
}
