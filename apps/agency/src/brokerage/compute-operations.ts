/** What a client can have done to a machine that runs: at its vendor, or not at all (OCCI.md 1.2 and 4). */
import type { OperationOutcome } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import type { Offer } from '@cloud-agency/sla';
import { sendWatch } from '../agreements/watch.js';
import { refreshSensors } from '../sensors/observing.js';
import type { Work } from '../store/agency-store.js';
import { json, parsed, type PlacementRow, type ResourceRow, type ResourceState } from '../store/tables.js';
import { ratesUntil } from '../resources/charges.js';
import { ask, type EndedTask } from '../resources/tasks.js';

export type PowerTerm = 'start' | 'stop' | 'restart' | 'suspend';

interface Transition {
  readonly from: readonly ResourceState[];
  readonly to: ResourceState;
  /** What the vendor's cloud must be able to do. */
  readonly ability: string;
  readonly doing: string;
}

/** GFD.224, compute: which action leads from where to where. */
export const transitions: Readonly<Record<PowerTerm, Transition>> = {
  start: { from: ['inactive', 'suspended'], to: 'active', ability: 'start-stop', doing: 'starting' },
  stop: { from: ['active'], to: 'inactive', ability: 'start-stop', doing: 'stopping' },
  restart: { from: ['active'], to: 'active', ability: 'restart', doing: 'restarting' },
  suspend: { from: ['active'], to: 'suspended', ability: 'suspend', doing: 'suspending' },
};

/** Methods that do not wait for the operating system. */
const forceful = ['poweroff', 'cold'];

export interface PowerOrder {
  readonly task: string;
  readonly term: PowerTerm;
  readonly method: string;
  readonly abilities: readonly string[];
}

/** @throws AgencyError conflict when the machine's state or its vendor's cloud does not allow it. */
export async function operate(work: Work, resource: ResourceRow, placement: PlacementRow, order: PowerOrder): Promise<void> {
  const { from, ability, doing } = transitions[order.term];
  const { vendor } = parsed(placement.offer);
  if (!from.includes(resource.state))
    throw new AgencyError('conflict', {
      message: `Compute ${resource.id} is ${resource.state}; '${order.term}' needs it ${from.join(' or ')}.`,
    });
  assertAble(order.abilities, ability, vendor, order.term);
  const operation = { do: order.term, placement: placement.id, forced: forceful.includes(order.method) };
  await ask(work, { id: order.task, subject: resource.id, about: 'compute', agent: placement.agent, operation });
  await begin(work, resource, order.task, `${doing} at ${vendor}`);
}

/** Asks the vendor for another size of the machine. */
export async function resize(
  work: Work,
  resource: ResourceRow,
  placement: PlacementRow,
  order: { readonly task: string; readonly offer: Offer; readonly abilities: readonly string[] },
): Promise<void> {
  const { offer } = order;
  assertAble(order.abilities, 'resize', offer.vendor, 'resize');
  const { instanceType, price, list } = offer;
  const quoted = { instanceType, price, ...(list === undefined ? {} : { list }) };
  const operation = { do: 'resize' as const, placement: placement.id, ...quoted };
  await ask(work, { id: order.task, subject: resource.id, about: 'compute', agent: placement.agent, operation });
  // The old offer goes on until the vendor has done it; the new one waits with the task.
  await work.tables
    .updateTable('placement')
    .set({ next_offer: json(offer) })
    .where('id', '=', placement.id)
    .execute();
  await begin(work, resource, order.task, `being resized to ${offer.instanceType} at ${offer.vendor}`);
}

/** The abilities that are operations on machines. */
const operations = ['start-stop', 'restart', 'suspend', 'resize', 'save'];

export function assertAble(abilities: readonly string[], ability: string, vendor: string, what: string): void {
  if (abilities.includes(ability)) return;
  const others = operations.filter((operation) => abilities.includes(operation));
  throw new AgencyError('conflict', {
    message: `${vendor} cannot ${what} a machine that it has. It can: ${others.join(', ') || 'nothing of the kind'}.`,
  });
}

/** While an operation is under way the machine may be away, so it is not watched. */
async function begin(work: Work, resource: ResourceRow, task: string, message: string): Promise<void> {
  await work.tables.updateTable('resource').set({ task, message }).where('id', '=', resource.id).execute();
  if (resource.agreement !== null) await sendWatch(work, resource.agreement);
  await refreshSensors(work, [resource.id]);
}

/** An operation on a compute has ended. */
export async function computeOperated(work: Work, task: EndedTask, outcome: OperationOutcome): Promise<void> {
  const resource = await work.tables.selectFrom('resource').selectAll().where('id', '=', task.subject).executeTakeFirst();
  if (!resource || resource.state === 'deleted' || resource.task !== task.id) return;
  await work.tables
    .updateTable('resource')
    .set({ task: null, ...(outcome.done ? operated(task.operation.do, resource) : failed(task, outcome)) })
    .where('id', '=', resource.id)
    .execute();
  if (resource.placement !== null) await settlePlacement(work, resource.placement, task, outcome);
  if (resource.agreement !== null) await sendWatch(work, resource.agreement);
  await refreshSensors(work, [resource.id]);
}

function operated(term: EndedTask['operation']['do'], resource: ResourceRow): Pick<ResourceRow, 'state' | 'message'> {
  if (term === 'resize') return { state: resource.state, message: 'has the size it was given' };
  const { to } = transitions[term as PowerTerm];
  const words: Partial<Record<ResourceState, string>> = { active: 'runs', inactive: 'stopped', suspended: 'suspended' };
  return { state: to, message: words[to] ?? to };
}

const failed = ({ operation }: EndedTask, outcome: Extract<OperationOutcome, { done: false }>): Partial<ResourceRow> => ({
  message: `the vendor could not ${operation.do} it (${outcome.reason}): ${outcome.message}`,
  ...(outcome.reason === 'not-found' ? { state: 'error' as const } : {}),
});

async function settlePlacement(work: Work, id: string, { operation }: EndedTask, outcome: OperationOutcome): Promise<void> {
  const placement = await work.tables.selectFrom('placement').selectAll().where('id', '=', id).executeTakeFirst();
  if (!placement) return;
  const resized = outcome.done && operation.do === 'resize' && placement.next_offer !== null;
  const offer = resized && placement.next_offer !== null ? parsed(placement.next_offer) : undefined;
  const address = outcome.done ? outcome.address : undefined;
  await work.tables
    .updateTable('placement')
    .set({
      next_offer: null,
      ...(offer
        ? { offer: json(offer), offer_id: offer.id, rates: ratesUntil(placement, work.now), announced_price: null, leaving: null }
        : {}),
      ...(address === undefined || address === null ? {} : { address }),
    })
    .where('id', '=', id)
    .execute();
}
