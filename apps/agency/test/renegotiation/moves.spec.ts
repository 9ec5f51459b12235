import type { Assignment, Offer } from '@cloud-agency/sla';
import fc from 'fast-check';
import { movesTo, type RunningMachine } from '../../src/renegotiation/moves.js';

const offer = (id: string, price = 1): Offer => ({ id, price, agent: 'a', vendor: 'v', region: 'r', zone: 'z' }) as Offer;
const machine = (resource: string, at: Offer, item = 'web', leaves = false): RunningMachine => ({
  resource,
  item,
  offer: at,
  leaves,
});
const assigned = (at: Offer, count: number, item = 'web'): Assignment => ({ item, offer: at, count });

describe('the moves to a plan', () => {
  it('leave alone what the plan has at the same terms', () => {
    expect(movesTo([assigned(offer('o'), 2)], [machine('m1', offer('o')), machine('m2', offer('o'))])).toEqual([]);
  });

  it('take what the vendor will not keep away even to the same offer', () => {
    const moves = movesTo([assigned(offer('o'), 1)], [machine('m1', offer('o'), 'web', true)]);
    expect(moves).toMatchObject([{ do: 'move', resource: 'm1', to: { id: 'o' } }]);
  });

  it('buy the same offer anew where it is made at another price', () => {
    const moves = movesTo([assigned(offer('o', 0.5), 1)], [machine('m1', offer('o', 1))]);
    expect(moves).toMatchObject([{ do: 'move', from: { price: 1 }, to: { price: 0.5 } }]);
  });

  it('end at exactly what the plan has, each machine once', () => {
    const offers = ['o', 'p', 'q'].map((id) => offer(id));
    const items = ['web', 'db'];
    const plans = fc.array(
      fc.record({ item: fc.constantFrom(...items), offer: fc.constantFrom(...offers), count: fc.integer({ min: 1, max: 3 }) }),
      { maxLength: 6 },
    );
    const fleets = fc.array(
      fc.record({ item: fc.constantFrom(...items), offer: fc.constantFrom(...offers), leaves: fc.boolean() }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(plans, fleets, (plan, fleet) => {
        const running = fleet.map((one, index) => ({ ...one, resource: `m${String(index)}` }));
        const moves = movesTo(plan, running);
        const touched = moves.flatMap((move) => (move.do === 'add' ? [] : [move.resource]));
        expect(new Set(touched).size).toBe(touched.length);
        const stays = running.filter(({ resource }) => !touched.includes(resource));
        expect(stays.some(({ leaves }) => leaves)).toBe(false);
        const comes = moves.flatMap((move) => (move.do === 'release' ? [] : [`${move.item} ${move.to.id}`]));
        const after = [...stays.map(({ item, offer: { id } }) => `${item} ${id}`), ...comes];
        const wanted = plan.flatMap(({ item, offer: { id }, count }) => Array<string>(count).fill(`${item} ${id}`));
        expect(after.sort()).toEqual(wanted.sort());
        // Nothing is both added and given back: it would be a move.
        for (const item of items)
          expect(
            new Set(moves.filter((move) => move.item === item && move.do !== 'move').map((move) => move.do)).size,
          ).toBeLessThan(2);
      }),
    );
  });
});
