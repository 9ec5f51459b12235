import { type Assignment, type Offer, sameTerms } from '@cloud-agency/sla';
import type { Move } from '../store/renegotiation-tables.js';

/** A machine of the agreement, at the terms that hold for it now. */
export interface RunningMachine {
  readonly resource: string;
  readonly item: string;
  readonly offer: Offer;
  /** Its vendor will not keep it: it cannot stay, whatever the plan says. */
  readonly leaves: boolean;
}

/**
 * What it takes to get from what runs to a plan: what the plan has at the same terms stays; of the rest, machine by machine, one takes over
 * from another, and what is over is added or released.
 */
export function movesTo(plan: readonly Assignment[], running: readonly RunningMachine[]): readonly Move[] {
  const wanted = plan.flatMap(({ item, offer, count }) => Array.from({ length: count }, () => ({ item, offer })));
  const going = running.filter((machine) => !takeFrom(wanted, (unit) => !machine.leaves && stays(machine, unit)));
  const changed = going.map((machine): Move => {
    const { item, resource, offer: from } = machine;
    const next = takeFrom(wanted, (unit) => unit.item === item);
    return next ? { do: 'move', item, resource, placement: null, from, to: next.offer } : { do: 'release', item, resource, from };
  });
  return [...changed, ...wanted.map(({ item, offer: to }): Move => ({ do: 'add', item, resource: null, placement: null, to }))];
}

type Unit = Pick<Assignment, 'item' | 'offer'>;

const stays = ({ item, offer }: RunningMachine, unit: Unit): boolean => unit.item === item && sameTerms(unit.offer, offer);

/** Takes the first that fits out of the list. */
function takeFrom(units: Unit[], fits: (unit: Unit) => boolean): Unit | undefined {
  const index = units.findIndex(fits);
  return index < 0 ? undefined : units.splice(index, 1)[0];
}
