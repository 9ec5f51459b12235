import {
  type Account,
  type Charge,
  chargeOf,
  type Guarantee,
  monthOf,
  monthsOf,
  settle,
  totalOf,
  type Violated,
} from '@cloud-agency/sla';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';

const hour = 3_600_000;
const november = monthOf(Date.UTC(2026, 10, 15));
const base: Guarantee = { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.99, over: hour };
const credit = (share: number, per: 'violation' | 'month', cap = 1) => ({ credit: share, of: 'charge' as const, per, cap });
const violation = (id: string, from: number, until: number | null = from + hour, resource: string | null = 'w1'): Violated => ({
  id,
  guarantee: 0,
  resource,
  from,
  until,
});
/** 0.10 USD/h through the whole of November: 72 USD. */
const wholeMonth: Charge = { resource: 'w1', item: 'web', price: 0.1, from: november.from - hour, until: null };
const account = (parts: Partial<Account>): Account => ({
  guarantees: [base],
  violations: [],
  charges: [wholeMonth],
  kept: [],
  ...parts,
});
const amounts = (of: Account, now = november.until) => settle(of, november, now).map(({ amount }) => amount);

describe('a month', () => {
  it('is a calendar month in UTC', () => {
    expect(november).toEqual({ name: '2026-11', from: Date.UTC(2026, 10, 1), until: Date.UTC(2026, 11, 1) });
    expect(monthsOf({ from: november.from, until: november.until }).map(({ name }) => name)).toEqual(['2026-11']);
    expect(monthsOf({ from: november.from, until: november.until + 1 }).map(({ name }) => name)).toEqual(['2026-11', '2026-12']);
  });
});

describe('a charge', () => {
  it('of several machines is what each of them costs, to the millionth', () => {
    const machines = fc.array(
      fc.record({
        ...{
          resource: fc.constantFrom('w1', 'w2', 'w3'),
          item: fc.constant('web'),
          price: fc.double({ min: 0, max: 9, noNaN: true }),
        },
        ...{ from: fc.integer({ min: 0, max: 99 * hour }), until: fc.integer({ min: 0, max: 99 * hour }) },
      }),
    );
    fc.assert(
      fc.property(machines, (charges) => {
        const span = { from: 0, until: 99 * hour };
        const each = ['w1', 'w2', 'w3'].map((resource) =>
          chargeOf(
            charges.filter((one) => one.resource === resource),
            span,
          ),
        );
        expect(each.every((one) => one.decimalPlaces() <= 6)).toBe(true);
        expect(chargeOf(charges, span).toFixed()).toBe(Decimal.sum(...each).toFixed());
      }),
    );
  });
});

describe('penalties', () => {
  const day = 24 * hour;
  const at = (days: number) => november.from + days * day;

  it('are a share of the charge of what broke, once a month', () => {
    const guarantees = [{ ...base, penalty: credit(0.1, 'month') }];
    const other: Charge = { ...wholeMonth, resource: 'w2', price: 5 };
    const violations = [violation('v1', at(3)), violation('v2', at(4))];
    expect(settle(account({ guarantees, violations, charges: [wholeMonth, other] }), november, november.until)).toEqual([
      { kind: 'penalty', guarantee: 0, resource: 'w1', violation: 'v1', amount: '7.2' },
    ]);
  });

  it('of a group are a share of what the whole group cost', () => {
    const guarantees = [{ ...base, scope: { as: 'group' as const, minUp: 1 }, penalty: credit(0.1, 'month') }];
    const charges = [wholeMonth, { ...wholeMonth, resource: 'w2' }, { ...wholeMonth, resource: 'd', item: 'db', price: 9 }];
    expect(amounts(account({ guarantees, charges, violations: [violation('v', at(3), null, null)] }))).toEqual(['14.4']);
  });

  it('for each violation add up to no more than the cap', () => {
    const guarantees = [{ ...base, penalty: credit(0.2, 'violation', 0.5) }];
    const violations = [at(2), at(3), at(4)].map((from, index) => violation(`v${String(index)}`, from));
    expect(amounts(account({ guarantees, violations }))).toEqual(['14.4', '14.4', '7.2']);
  });

  it('as an amount are never more than the charge either', () => {
    const guarantees = [{ ...base, penalty: { amount: 50, per: 'violation' as const, cap: 1 } }];
    expect(amounts(account({ guarantees, violations: [violation('a', at(2)), violation('b', at(3))] }))).toEqual(['50', '22']);
  });

  it('grow with the charge while the month goes on', () => {
    const guarantees = [{ ...base, penalty: credit(0.5, 'month') }];
    const broken = account({ guarantees, violations: [violation('v', at(1))] });
    expect(amounts(broken, at(2))).toEqual(['2.4']);
    expect(amounts(broken, at(10))).toEqual(['12']);
    expect(amounts(broken, november.from)).toEqual([]);
  });

  it('count a violation over the turn of a month in both for a month, and where it was opened by itself', () => {
    const violations = [violation('v', november.from - hour, november.from + hour)];
    const monthly = account({ guarantees: [{ ...base, penalty: credit(0.1, 'month') }], violations });
    const single = account({ guarantees: [{ ...base, penalty: credit(0.1, 'violation') }], violations });
    expect([amounts(monthly), amounts(single)]).toEqual([['7.2'], []]);
  });

  it('are served by importance where the charge does not cover all', () => {
    const penalty = credit(0.8, 'month');
    const guarantees = [
      { ...base, penalty, importance: 10 },
      { ...base, penalty, importance: 90 },
    ];
    const violations = [violation('v', at(1)), { ...violation('w', at(2)), guarantee: 1 }];
    expect(settle(account({ guarantees, violations }), november, november.until)).toMatchObject([
      { guarantee: 1, amount: '57.6' },
      { guarantee: 0, amount: '14.4' },
    ]);
  });

  it('never exceed the charge and count nothing twice, whatever broke', () => {
    const instant = fc.integer({ min: november.from - 40 * day, max: november.until + 5 * day });
    const money = fc.double({ min: 0.000001, max: 900, noNaN: true });
    const share = fc.double({ min: 0.001, max: 1, noNaN: true });
    const per = fc.constantFrom('violation' as const, 'month' as const);
    const penalty = fc.oneof(
      fc.record({ credit: share, of: fc.constant('charge' as const), per, cap: share }),
      fc.record({ amount: money, per, cap: share }),
    );
    const guarantee = fc
      .record({ penalty, importance: fc.integer({ min: 1, max: 100 }) })
      .map((worth) => ({ ...base, ...worth }));
    const span = fc.tuple(instant, fc.option(fc.integer({ min: 0, max: 40 * day })));
    const resource = fc.constantFrom('w1', 'w2');
    const charge = fc.tuple(resource, money, span).map(([of, price, [from, long]]): Charge => ({
      resource: of,
      item: 'web',
      price,
      from,
      until: long === null ? null : from + long,
    }));
    const broken = fc
      .tuple(fc.integer({ min: 0, max: 2 }), resource, span)
      .map(([index, of, [from, long]]) => ({ guarantee: index, resource: of, from, until: long === null ? null : from + long }));
    const facts = fc.record({
      guarantees: fc.array(guarantee, { minLength: 3, maxLength: 3 }),
      charges: fc.array(charge, { maxLength: 5 }),
      violations: fc.array(broken, { maxLength: 8 }).map((all) => all.map((one, index) => ({ id: `v${String(index)}`, ...one }))),
      kept: fc.constant([]),
    });
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 31 }), (given, days) => {
        const now = at(days);
        const entries = settle(given, november, now);
        const charged = chargeOf(given.charges, { from: november.from, until: Math.min(now, november.until) });
        expect(totalOf(entries, 'penalty').lte(charged)).toBe(true);
        expect(
          new Set(
            entries.map(({ guarantee: index, resource: of, violation: id }) => `${String(index)} ${String(of)} ${String(id)}`),
          ).size,
        ).toBe(entries.length);
        for (const [index, { penalty: owed }] of given.guarantees.entries())
          for (const machine of ['w1', 'w2']) {
            const own = entries.filter((entry) => entry.guarantee === index && entry.resource === machine);
            const limit = chargeOf(
              given.charges.filter((one) => one.resource === machine),
              { from: november.from, until: Math.min(now, november.until) },
            ).times(owed.cap);
            expect(totalOf(own, 'penalty').lte(limit)).toBe(true);
            if (owed.per === 'month') expect(own.length).toBeLessThanOrEqual(1);
          }
        expect(entries.every(({ amount }) => new Decimal(amount).gte(0))).toBe(true);
      }),
    );
  });
});

describe('rewards', () => {
  const reward = credit(0.05, 'month');
  const kept = [{ guarantee: 0, resource: 'w1', during: [{ from: -Infinity, until: null }] }];
  const guarantees = [{ ...base, reward }];

  it('are earned by a whole month that was kept, once it is over', () => {
    expect(amounts(account({ guarantees, kept }))).toEqual(['3.6']);
    expect(amounts(account({ guarantees, kept }), november.until - 1)).toEqual([]);
  });

  it.each([
    ['it was violated', account({ guarantees, kept, violations: [violation('v', november.from - hour, november.from + 1)] })],
    [
      'the machine ran for a part of it only',
      account({ guarantees, kept, charges: [{ ...wholeMonth, from: november.from + 1 }] }),
    ],
    [
      'it held for a part of it only',
      account({ guarantees, kept: [{ ...kept[0]!, during: [{ from: november.from + 1, until: null }] }] }),
    ],
    ['nobody knows', account({ guarantees })],
  ])('are not earned where %s', (_why, given) => {
    expect(amounts(given)).toEqual([]);
  });
});
