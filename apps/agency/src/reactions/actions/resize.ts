import type { Constraint, Offer } from '@cloud-agency/sla';
import { resize as askForSize } from '../../brokerage/compute-operations.js';
import { parsed, type ReactionDetail } from '../../store/tables.js';
import { type Move, moveOf } from '../moves.js';
import { finish, goOn } from '../progress.js';
import type { Found } from '../planner.js';
import type { Action, Tools } from './action.js';
import { moveOn } from './migrate.js';

/**
 * A machine gets the next size: at its vendor, where that can change the size of a machine that it has, else by moving to one of that size,
 * which is up before the old one goes.
 */
export const resize: Action = {
  about: 'resource',
  async step(reaction, tools) {
    const { store } = tools;
    const move = await moveOf(store, reaction);
    if (!move) {
      await store.work((work) => finish(work, reaction, 'failed', 'there is nothing to resize any more'));
      return;
    }
    const { task, offer } = parsed(reaction.detail);
    if (move.resource.task !== null) await store.work((work) => goOn(work, reaction, move.resource.message));
    else if (offer && move.old.offer_id === offer.id)
      await store.work((work) => finish(work, reaction, 'done', `resized to ${offer.instanceType}`));
    else if (task !== undefined || !(await inPlace(move, tools))) await moveOn(move, tools, () => elsewhere(move, tools));
  },
};

/** False when the vendor cannot: it does not change sizes, or has none that fits in the zone. */
async function inPlace(move: Move, { store, planner, vendors, context }: Tools): Promise<boolean> {
  const { reaction, resource, old, tried } = move;
  const abilities = vendors.abilitiesOf(old.agent);
  if (tried.length > 0 || old.state !== 'active' || !abilities.includes('resize')) return false;
  const now = parsed(old.offer);
  const within = { vendor: [now.vendor], region: [now.region], zone: [now.zone] };
  const here: Constraint = { type: 'place', text: `in ${now.region}, ${now.zone}`, within, not: {} };
  const found = await planner.find({
    ...sizeWish(move),
    require: [here, ...nextSize(now, parsed(reaction.detail))],
    accounts: [now.agent],
    makingWay: [old.id],
  });
  const [offer] = found && found !== 'quota' ? found.offers : [];
  if (!offer) return false;
  await store.work(async (work) => {
    const current = await work.tables.selectFrom('resource').selectAll().where('id', '=', resource.id).executeTakeFirstOrThrow();
    if (current.state === 'deleted' || current.task !== null || current.placement !== old.id) return;
    const task = context.ids.next();
    await askForSize(work, current, old, { task, offer, abilities });
    await goOn(work, reaction, `being resized to ${offer.instanceType} at ${offer.vendor}`, {
      tried: true,
      detail: { task, offer },
    });
  });
  return true;
}

async function elsewhere(move: Move, { planner }: Tools): Promise<Found | string> {
  const detail = parsed(move.reaction.detail);
  const found = await planner.find({ ...sizeWish(move), require: nextSize(parsed(move.old.offer), detail) });
  if (found === 'quota') return `a quota leaves no room for a ${detail.size ?? 'new'} machine beside the present one`;
  return found ?? `no vendor has a ${detail.size ?? 'new'} size that fits beside what runs`;
}

const sizeWish = ({ reaction, old }: Move) => ({
  agreement: reaction.agreement,
  item: old.item,
  count: 1,
  outgoing: old.resource,
  without: [old.offer_id],
});

/** One step: up to twice the cores and no less memory, or down to half of them and no more memory. */
function nextSize({ cores, memory }: Offer, { size = 'larger' }: ReactionDetail): readonly Constraint[] {
  const number = (attribute: 'cores' | 'memory', comparison: '<' | '<=' | '>' | '>=', value: number): Constraint => ({
    type: 'number',
    text: `${attribute} ${comparison} ${value} (${size} than now)`,
    attribute,
    comparison,
    value,
  });
  const [now, least] = [cores ?? 0, memory ?? 0];
  return size === 'larger'
    ? [number('cores', '>', now), number('cores', '<=', 2 * now), number('memory', '>=', least)]
    : [number('cores', '<', now), number('cores', '>=', now / 2), number('memory', '<=', least)];
}
