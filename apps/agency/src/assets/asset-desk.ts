import { AgencyError } from '@cloud-agency/errors';
import type { EntityChange, EntityDraft } from '@cloud-agency/occi';
import type { Clock, Ids } from '@cloud-agency/runtime';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { type AssetRow, type Given, json, parsed } from '../store/tables.js';
import { changeAsset, nudgeAsset } from './changes.js';
import { assetOf } from './links.js';

type Kind = AssetRow['kind'];

/** GFD.224: which action wants what. Those of 1.1 beside them are no vendor's here. */
const actions: Readonly<Record<string, AssetRow['wanted']>> = {
  online: 'in-use',
  up: 'in-use',
  offline: 'at-rest',
  down: 'at-rest',
};
/** What a vendor is told when it makes one; it cannot be changed afterwards. */
const atVendor = ['occi.storage.size', 'occi.network.address', 'occi.network.gateway'];
const mostGib = 65_536;

/** What clients do with storage and networks of their own. */
export class AssetDesk {
  constructor(
    private readonly store: AgencyStore,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** It is nowhere until a compute is linked to it (CFP.md 5). */
  async create(kind: Kind, draft: EntityDraft, tenant: string): Promise<AssetRow> {
    if (draft.links.length > 0)
      throw new AgencyError('invalid-request', {
        message: `Links lead from a compute to a ${kind}; give them with the compute.`,
      });
    const given = { mixins: draft.mixins, attributes: draft.attributes };
    assertMakeable(given);
    const row: AssetRow = {
      id: this.ids.next(),
      tenant,
      kind,
      state: kind === 'storage' ? 'offline' : 'inactive',
      message: 'waiting for a compute',
      wanted: 'in-use',
      given: json(given),
      created_at: this.clock.now(),
      due: 0,
      next_at: 0,
    };
    await this.store.work((work) => work.tables.insertInto('asset').values(row).execute());
    return row;
  }

  /** @throws AgencyError conflict for what a vendor has made already. */
  async change(id: string, change: EntityChange, whole: boolean, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const row = await owned(work, id, tenant);
      const before = parsed(row.given);
      const given: Given = {
        mixins: [...new Set([...(before.mixins ?? []), ...change.mixins])],
        attributes: { ...(whole ? {} : before.attributes), ...change.attributes },
      };
      const changed = atVendor.find((name) => given.attributes?.[name] !== before.attributes?.[name]);
      if (changed !== undefined && (await isRealised(work, id)))
        throw new AgencyError('conflict', {
          message: `${changed} of /${row.kind}/${id} cannot be changed any more: it is ${row.message}. Create another one.`,
        });
      assertMakeable(given);
      await changeAsset(work, id, { given: json(given) });
    });
  }

  /** @throws AgencyError conflict for what no vendor here can do. */
  async act(id: string, action: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const row = await owned(work, id, tenant);
      const wanted = actions[action];
      if (!wanted)
        throw new AgencyError('conflict', { message: `/${row.kind}/${id} cannot ${action}: no vendor here does that.` });
      await changeAsset(work, id, { wanted });
      await nudgeAsset(work, id);
    });
  }

  /** Its links go first, then what there is of it at vendors, with all that it holds. */
  async remove(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      await owned(work, id, tenant);
      await changeAsset(work, id, { wanted: 'gone', message: 'being deleted' });
      await work.tables
        .updateTable('attachment')
        .set((set) => ({ wanted: 'gone', due: set('due', '+', 1), next_at: 0 }))
        .where('asset', '=', id)
        .execute();
      await nudgeAsset(work, id);
    });
  }
}

async function owned(work: Work, id: string, tenant: string): Promise<AssetRow> {
  const row = await assetOf(work.tables, tenant, id);
  if (!row) throw new AgencyError('not-found', { what: id, hint: 'GET /storage/ and /network/ list those there are.' });
  return row;
}

async function isRealised(work: Work, asset: string): Promise<boolean> {
  const row = await work.tables.selectFrom('realisation').select('id').where('asset', '=', asset).executeTakeFirst();
  return row !== undefined;
}

function assertMakeable({ attributes = {} }: Given): void {
  const size = attributes['occi.storage.size'];
  if (size !== undefined && !(Number(size) > 0 && Number(size) <= mostGib))
    throw new AgencyError('invalid-request', {
      message: `occi.storage.size is in GiB, more than 0 and at most ${mostGib}; it is ${JSON.stringify(size)}.`,
    });
  // That it is a range at all is the category's to check.
  const range = attributes['occi.network.address'];
  if (typeof range === 'string' && range.includes(':'))
    throw new AgencyError('invalid-request', {
      message: `occi.network.address is ${range.slice(0, 100)}; no vendor here makes networks of IPv6, so give a range such as 10.1.0.0/24.`,
    });
}
