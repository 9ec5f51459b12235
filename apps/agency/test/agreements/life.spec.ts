import type { FindingMessage, WatchMessage } from '@cloud-agency/bus';
import { type Call, parseCall, transition, withValidity } from '@cloud-agency/sla';
import { openDatabase } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../../libs/store/test/databases.js';
import { endAgreement } from '../../src/agreements/ending.js';
import { lifeColumns, lifeOf } from '../../src/agreements/life.js';
import { review } from '../../src/agreements/review.js';
import { initialTerms } from '../../src/agreements/terms.js';
import { sendWatch } from '../../src/agreements/watch.js';
import { takeFinding } from '../../src/reactions/findings.js';
import { chargesOf, ratesUntil } from '../../src/resources/charges.js';
import { switchOver } from '../../src/renegotiation/carrying-out.js';
import { situationOf } from '../../src/renegotiation/situation.js';
import type { Work } from '../../src/store/agency-store.js';
import type { RenegotiationRow } from '../../src/store/renegotiation-tables.js';
import { recordAll } from '../../src/store/events.js';
import { agencyMigrations } from '../../src/store/migrations.js';
import { type AgencyTables, json, parsed } from '../../src/store/tables.js';
import { agreementRow, insertCall, placementRow } from '../sensors/sensor-world.js';

const hour = 3_600_000;
const day = 24 * hour;
/** Ten days into a month. */
const start = Date.UTC(2026, 10, 11);
const november = { from: Date.UTC(2026, 10, 1), until: Date.UTC(2026, 11, 1) };

const promising = (guarantees: readonly string[], levels = ''): Call =>
  parseCall(`apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute } }
probes: [{ of: web, http: 'http://{address}/' }]
guarantees: [${guarantees.map((one) => `{ of: web, ${one} }`).join(', ')}]
${levels}
`).call;
const availability = (more: string, atLeast = '99 %'): string => `term: availability, at_least: ${atLeast}, over: 1 h, ${more}`;
const promised = (more: string, levels?: string): Call => promising([availability(more)], levels);

describe.each(Object.entries(databases))('agreements over %s', (_, open) => {
  let database: TestDatabase;
  let tables: Kysely<AgencyTables>;
  let watches: WatchMessage[] = [];
  let ids = 0;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<AgencyTables>(database.place, agencyMigrations);
    await insertCall(tables);
  });
  beforeEach(async () => {
    watches = [];
    for (const table of ['agreement', 'resource', 'placement', 'violation', 'ledger', 'event'] as const)
      await tables.deleteFrom(table).execute();
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });

  /** One machine at 1 USD/h, since `from`. */
  const agreed = async (call: Call, from = start): Promise<void> => {
    const resource = { id: 'm', item: 'web' };
    await tables
      .updateTable('cfp')
      .set({ call: json(call) })
      .where('id', '=', 'call')
      .execute();
    await tables
      .insertInto('agreement')
      .values({
        ...agreementRow('g', 'a', from),
        terms: json(initialTerms([{ index: 0, level: 'agreed', guarantee: call.guarantees[0]! }], [resource])),
      })
      .execute();
    await tables
      .insertInto('resource')
      .values({
        ...resource,
        tenant: 'a',
        cfp: 'call',
        agreement: 'g',
        title: 'm',
        state: 'active',
        message: '',
        placement: 'p',
        origin: 'call',
        given: json({}),
        task: null,
        created_at: from,
      })
      .execute();
    const of = { cfp: 'call', agreement: 'g', item: 'web', resource: 'm', address: '127.0.0.1' };
    await tables
      .insertInto('placement')
      .values(placementRow('p', of, from))
      .execute();
  };
  const at = async (now: number, task: (work: Work) => Promise<void>): Promise<void> => {
    await tables.transaction().execute(async (transaction) => {
      await task({
        tables: transaction,
        now,
        record: (event) => recordAll(transaction, now, [event]),
        took: () => Promise.resolve(),
        send: (letter) => {
          if (letter.content.performative === 'watch') watches.push(letter.content as WatchMessage);
          return Promise.resolve();
        },
      });
    });
  };
  const found = async (finding: FindingMessage['finding'], now: number, index = 0): Promise<void> => {
    const guarantee = { index, term: 'availability', of: 'web', wanted: 99, measured: 90, unit: '%' };
    const message = {
      performative: 'finding',
      agreement: 'g',
      finding,
      at: new Date(now).toISOString(),
      message: '',
      resource: 'm',
      placement: 'p',
      guarantee,
      samples: [],
    } as unknown as FindingMessage;
    await at(now, (work) => takeFinding(work, { next: () => `v${String((ids += 1))}` }, message));
  };
  /** No machine moves: it is what is promised that changes. */
  const renegotiated = async (wanted: Call, now: number): Promise<void> => {
    const change = { call: json(wanted), document: null, cost_after: 0, moves: json([]) };
    const row = { id: 'r', tenant: 'a', agreement: 'g', cause: 'client', reason: '', ...change } as unknown as RenegotiationRow;
    await at(now, async (work) => {
      const situation = await situationOf(work.tables, { agreement: 'g', call: null });
      if (situation) await switchOver(work, { row, situation: { ...situation, wanted } }, [], () => Promise.resolve());
    });
  };
  const agreement = async () => await tables.selectFrom('agreement').selectAll().executeTakeFirstOrThrow();
  const ledger = async () => await tables.selectFrom('ledger').selectAll().orderBy('month').orderBy('id').execute();
  const events = async () => (await tables.selectFrom('event').select('type').orderBy('id').execute()).map(({ type }) => type);

  it('owe for a violation at once, more as the month goes on, and the same for good once it is settled', async () => {
    await agreed(promised('penalty: { credit: 10 %, of: charge, per: month }'));
    await found('sla.violated', start + 10 * hour);
    expect(await ledger()).toMatchObject([{ month: '2026-11', amount: '1', settled: 0, kind: 'penalty', resource: 'm' }]);
    await found('sla.recovered', start + 20 * hour);
    expect(await ledger()).toMatchObject([{ amount: '2', settled: 0 }]);
    expect((await agreement()).next_at).toBe(start + 20 * hour + 60_000);
    await at(november.until + hour, (work) => review(work, 'g'));
    expect(await ledger()).toMatchObject([{ month: '2026-11', amount: '48', settled: 1 }]);
    await at(november.until + 20 * day, (work) => review(work, 'g'));
    expect(await ledger()).toMatchObject([{ month: '2026-11', amount: '48', settled: 1 }]);
    expect((await agreement()).next_at).toBe(Date.UTC(2027, 0, 1) + hour);
  });

  it('owe for what they promised before they were renegotiated by its own terms, and for nothing of before by the new ones', async () => {
    const month = (credit: string): string => `penalty: { credit: ${credit}, of: charge, per: month }`;
    await agreed(promised(month('10 %')));
    await found('sla.violated', start + 10 * hour);
    await renegotiated(promising([availability(month('50 %'), '90 %')]), start + 20 * hour);
    expect(await tables.selectFrom('violation').select('closed').execute()).toEqual([{ closed: start + 20 * hour }]);
    expect(await ledger()).toMatchObject([{ amount: '2', reason: expect.stringContaining('10 %') as string }]);
    await found('sla.violated', start + 40 * hour);
    expect((await ledger()).map(({ amount }) => amount).sort()).toEqual(['20', '4']);
    await at(november.until + hour, (work) => review(work, 'g'));
    const booked = async (name: string) =>
      (await ledger()).flatMap(({ month: own, amount, settled }) => (own === name ? [[amount, settled]] : [])).sort();
    expect(await booked('2026-11')).toEqual([
      ['240', 1],
      ['48', 1],
    ]);
    expect(await booked('2026-12')).toEqual([['0.5', 0]]);
  });

  it('owe once for a promise that only got another number', async () => {
    const kept = availability('penalty: { credit: 10 %, of: charge, per: month }');
    const other = 'term: response_time, percentile: 95, at_most: 1 s, over: 5 min, penalty: { amount: 7, per: violation }';
    await agreed(promising([kept]));
    await found('sla.violated', start + 10 * hour);
    await renegotiated(promising([other, kept]), start + 20 * hour);
    await found('sla.violated', start + 30 * hour, 1);
    expect(await ledger()).toMatchObject([{ term: 'availability', amount: '3', guarantee: 1 }]);
  });

  it('owe for what they promised before, though they promise nothing now that is worth money', async () => {
    await agreed(promised('penalty: { amount: 5 USD, per: violation }'));
    await found('sla.violated', start + 10 * hour);
    await renegotiated(promising([]), start + 20 * hour);
    expect((await agreement()).next_at).toBe(start + 20 * hour + 60_000);
    await at(november.until + hour, (work) => review(work, 'g'));
    expect(await ledger()).toMatchObject([{ amount: '5', settled: 1 }]);
  });

  it('earn nothing for the month in which a reward was promised', async () => {
    await agreed(promised('importance: 1'), november.from);
    await renegotiated(promised('reward: { amount: 5 USD, per: month }'), start);
    await found('sla.fulfilled', start + hour);
    await at(november.until + 2 * hour, (work) => review(work, 'g'));
    expect(await ledger()).toEqual([]);
    await at(Date.UTC(2027, 0, 1) + 2 * hour, (work) => review(work, 'g'));
    expect(await ledger()).toMatchObject([{ month: '2026-12', amount: '5', settled: 1 }]);
  });

  it('earn a reward for a whole month that was kept', async () => {
    await agreed(promised('reward: { amount: 5 USD, per: month }'), november.from);
    await found('sla.fulfilled', november.from + hour);
    await at(november.until + 2 * hour, (work) => review(work, 'g'));
    expect(await ledger()).toMatchObject([{ kind: 'reward', amount: '5', settled: 1 }]);
  });

  it('are settled when they end, and nothing goes on being charged or violated', async () => {
    await agreed(promised('penalty: { credit: 50 %, of: charge, per: violation }'));
    await found('sla.violated', start + 4 * hour);
    const row = await agreement();
    await at(start + 6 * hour, (work) => endAgreement(work, row, 'terminated', 'enough'));
    expect(await ledger()).toMatchObject([{ amount: '3', settled: 1 }]);
    expect(await chargesOf(tables, 'g')).toMatchObject([{ from: start, until: start + 6 * hour }]);
    expect(await tables.selectFrom('violation').select('closed').execute()).toEqual([{ closed: start + 6 * hour }]);
    expect(await agreement()).toMatchObject({ state: 'terminated', effective_until: start + 6 * hour, next_at: null });
  });

  it('fall back to a lesser level and come up again, each with the terms and the watch that belong to it', async () => {
    const levels =
      'levels: [{ name: reduced, after: 2 per 1 h, back_after: 2 h, guarantees: [{ term: availability, of: web, at_least: 50 %, over: 1 h }] }]';
    await agreed(promised('importance: 1', levels));
    await found('sla.violated', start + 60_000);
    await found('sla.recovered', start + 120_000);
    await found('sla.violated', start + 180_000);
    const fallen = start + 180_000;
    expect(parsed((await agreement()).terms)).toMatchObject([{ index: 1, level: 'reduced', state: 'undefined', wanted: 50 }]);
    expect(watches.at(-1)).toMatchObject({
      guarantees: [{ atLeast: 0.99 }, { atLeast: 0.5 }],
      inForce: [{ index: 1, since: new Date(fallen).toISOString() }],
    });
    await found('sla.violated', fallen + 1_000);
    expect(await tables.selectFrom('violation').selectAll().where('closed', 'is', null).execute()).toEqual([]);
    expect((await agreement()).next_at).toBe(fallen + 2 * hour);
    await at(fallen + 2 * hour, (work) => review(work, 'g'));
    expect(parsed((await agreement()).terms)).toMatchObject([{ index: 0, state: 'undefined' }]);
    expect(watches.at(-1)).toMatchObject({ inForce: [{ index: 0, since: new Date(fallen + 2 * hour).toISOString() }] });
    expect(await events()).toEqual(['sla.violated', 'sla.recovered', 'sla.violated', 'sla.degraded', 'sla.restored']);
  });

  it('are assessed from the instant named, and tell the monitor of each time they were suspended', async () => {
    await agreed(promised('importance: 1'));
    const later = start + 5 * hour;
    const pending = { ...lifeOf(await agreement()), state: 'pending' as const, effectiveFrom: null };
    const life = transition(withValidity(pending, { effectiveFrom: later }, start), 'accept', start);
    await tables.updateTable('agreement').set(lifeColumns(life)).execute();
    await at(start, async (work) => {
      await sendWatch(work, 'g');
      await review(work, 'g');
    });
    expect(watches).toMatchObject([{ active: false, resources: [] }]);
    expect((await agreement()).next_at).toBe(later);
    await at(later + 1, (work) => review(work, 'g'));
    await at(later + 2, (work) => review(work, 'g'));
    expect(watches.slice(1)).toMatchObject([{ active: true, resources: [{ resource: 'm' }] }]);
    const resumed = transition(transition(lifeOf(await agreement()), 'suspend', later + hour), 'resume', later + 2 * hour);
    await tables.updateTable('agreement').set(lifeColumns(resumed)).execute();
    await at(later + 2 * hour, (work) => sendWatch(work, 'g'));
    expect(watches.at(-1)?.pauses).toEqual([
      { from: new Date(later + hour).toISOString(), until: new Date(later + 2 * hour).toISOString() },
    ]);
  });

  it('are charged each price for its time', async () => {
    await agreed(promised('importance: 1'));
    const placement = await tables.selectFrom('placement').selectAll().executeTakeFirstOrThrow();
    const rates = ratesUntil(placement, start + hour);
    const dearer = { ...parsed(placement.offer), price: 3 };
    await tables
      .updateTable('placement')
      .set({ rates, offer: json(dearer) })
      .execute();
    expect(await chargesOf(tables, 'g')).toEqual([
      { resource: 'm', item: 'web', price: 1, from: start, until: start + hour },
      { resource: 'm', item: 'web', price: 3, from: start + hour, until: null },
    ]);
  });
});
