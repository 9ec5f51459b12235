import type { AppContext } from '@cloud-agency/runtime';
import type { VendorRegistry } from '../mediation/registry.js';
import type { AgencyStore } from '../store/agency-store.js';
import { WorkLoop } from '../store/work-loop.js';
import { stepAsset } from './asset-steps.js';
import { stepAttachment } from './attachment-steps.js';

/** Keeps storage, networks and the links to them as their clients want them, wherever their computes go. */
export class Keeper {
  private readonly loops: readonly WorkLoop[];

  constructor(store: AgencyStore, context: Pick<AppContext, 'clock' | 'log' | 'ids'>, vendors: VendorRegistry) {
    const { ids } = context;
    const abilitiesOf = (agent: string): readonly string[] => vendors.abilitiesOf(agent);
    const due = (table: 'attachment' | 'asset') => async (now: number) => {
      const rows = await store.tables
        .selectFrom(table)
        .select('id')
        .where('due', '>', 0)
        .where('next_at', '<=', now)
        .limit(100)
        .execute();
      return rows.map((row) => row.id);
    };
    this.loops = [
      new WorkLoop(store, context, {
        name: 'link',
        reads: ['attachment'],
        due: due('attachment'),
        step: (id) => store.work((work) => stepAttachment(work, id, { ids, abilitiesOf })),
      }),
      new WorkLoop(store, context, {
        name: 'storage or network',
        reads: ['asset'],
        due: due('asset'),
        step: (id) => store.work((work) => stepAsset(work, id, ids)),
      }),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }
}
