import { type Assignment, type Call, violations } from '@cloud-agency/sla';
import { withdraw } from '../../agreements/withdrawing.js';
import type { Work } from '../../store/agency-store.js';
import { parsed, type PlacementRow, type ReactionRow, type ResourceRow } from '../../store/tables.js';
import { countOf } from '../added.js';
import { finish } from '../progress.js';
import { asAssignment, type Basis, basisOf, demandAsItStands } from '../../agreements/standing.js';
import type { Action } from './action.js';

/**
 * An item gives machines back: the dearest first, of equal ones the newest. Never below the rule's bound or what a guarantee of the group needs up;
 * never one that something else is done with, that has storage attached, or without which the rest would break what the call requires.
 */
export const scaleIn: Action = {
  about: 'item',
  async step(reaction, { store }) {
    await store.work(async (work) => {
      const given: string[] = [];
      const wanted = -(parsed(reaction.detail).by ?? -1);
      while (given.length < wanted) {
        const one = await giveBackOne(work, reaction);
        if (one === undefined) break;
        given.push(one);
      }
      const [state, message] =
        given.length > 0
          ? (['done', `gave back ${given.join(', ')}`] as const)
          : (['failed', 'no machine can be spared'] as const);
      await finish(work, reaction, state, message);
    });
  },
};

interface Candidate {
  readonly resource: ResourceRow;
  readonly placement: PlacementRow;
}

/** Resolves to the title of what was given back; undefined when none can be spared. */
async function giveBackOne(work: Work, reaction: ReactionRow): Promise<string | undefined> {
  const { agreement, item } = reaction;
  const basis = await basisOf(work.tables, agreement);
  const { call: text } = await work.tables.selectFrom('cfp').select('call').where('id', '=', basis.cfp).executeTakeFirstOrThrow();
  const call = parsed(text);
  if (
    (await countOf(work.tables, agreement, item ?? '')) <=
    Math.max(1, parsed(reaction.detail).bound ?? 1, leastUp(call, item ?? ''))
  )
    return undefined;
  const spare = (await candidates(work, reaction)).find(({ resource }) => isSpare(call, basis, resource.id));
  if (!spare) return undefined;
  await withdraw(work, agreement, [spare.resource.id], `given back after ${reaction.event}`);
  return spare.resource.title;
}

/** How many machines of an item its guarantees and its own availability count on. */
function leastUp(call: Call, item: string): number {
  const groups = call.guarantees.flatMap(({ of, scope }) => (of === item && scope.as === 'group' ? [scope.minUp ?? 0] : []));
  const need = call.demand.needs.find((one) => one.item === item);
  return Math.max(0, ...groups, need?.minUp ?? 0, need?.onDemandAtLeast ?? 0);
}

/** Machines of the item that nothing else is done with, in the order in which they may go. */
async function candidates(work: Work, { id, agreement, item }: ReactionRow): Promise<readonly Candidate[]> {
  const busy = work.tables
    .selectFrom('reaction')
    .select('resource')
    .where('agreement', '=', agreement)
    .where('state', '=', 'begun')
    .where('resource', 'is not', null)
    .where('id', '!=', id);
  const storing = work.tables
    .selectFrom('attachment')
    .select('compute')
    .where('kind', '=', 'storagelink')
    .where('wanted', '=', 'present');
  const resources = await work.tables
    .selectFrom('resource')
    .selectAll()
    .where('agreement', '=', agreement)
    .where('item', '=', item ?? '')
    .where('state', '=', 'active')
    .where('task', 'is', null)
    .where('id', 'not in', busy)
    .where('id', 'not in', storing)
    .execute();
  const placements = await work.tables
    .selectFrom('placement')
    .selectAll()
    .where('agreement', '=', agreement)
    .where('state', '=', 'active')
    .execute();
  return resources
    .flatMap((resource) => {
      const placement = placements.find((one) => one.id === resource.placement);
      return placement ? [{ resource, placement }] : [];
    })
    .sort(
      (a, b) =>
        priceOf(b) - priceOf(a) || b.resource.created_at - a.resource.created_at || b.resource.id.localeCompare(a.resource.id),
    );
}

const priceOf = ({ placement }: Candidate): number => parsed(placement.offer).price;

/** What is left without it is as valid as what is there now: places that others must share, say, still hold. */
function isSpare(call: Call, basis: Basis, resource: string): boolean {
  const without = { ...basis, placements: basis.placements.filter((placement) => placement.resource !== resource) };
  return broken(call, without) <= broken(call, basis);
}

const broken = (call: Call, basis: Basis): number =>
  violations(demandAsItStands(call.demand, basis), [], {
    fixed: basis.placements.map(asAssignment) satisfies readonly Assignment[],
  }).length;
