import type { AppContext } from '@cloud-agency/runtime';
import type { Plan } from '@cloud-agency/sla';
import { quoteMs } from '../agreements/acceptance.js';
import type { Work } from '../store/agency-store.js';
import { type CfpRow, json } from '../store/tables.js';
import { moveTo } from './cfp-state.js';

/** Puts ranked plans before the client. */
export async function propose(
  work: Work,
  ids: AppContext['ids'],
  cfp: CfpRow,
  plans: readonly Plan[],
  change: Partial<CfpRow>,
): Promise<CfpRow> {
  const [best] = plans;
  const moved = await moveTo(
    work,
    cfp,
    'proposed',
    `${String(plans.length)} proposals, the best at ${(best?.cost ?? 0).toFixed(2)} USD a month`,
    { ...change, deadline: work.now + quoteMs },
  );
  for (const plan of plans) {
    const id = ids.next();
    await work.tables
      .insertInto('proposal')
      .values({
        id,
        cfp: cfp.id,
        tenant: cfp.tenant,
        rank: plan.rank,
        state: 'proposed',
        plan: json(plan),
        created_at: work.now,
        removed: 0,
      })
      .execute();
    await work.record({
      type: 'proposal.available',
      tenant: cfp.tenant,
      subject: `/proposal/${id}`,
      cfp: cfp.id,
      message: `Proposal ${String(plan.rank)} for ${cfp.name}: ${plan.cost.toFixed(2)} USD a month.`,
      data: { proposal: id, rank: plan.rank, cost: plan.cost, score: plan.score },
    });
  }
  return moved;
}
