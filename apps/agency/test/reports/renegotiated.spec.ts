import { allGuarantees, type Call, parseCall } from '@cloud-agency/sla';
import { openDatabase } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../../libs/store/test/databases.js';
import { insertFilled } from '../../../../libs/store/test/filled.js';
import { formerAfter } from '../../src/agreements/promised.js';
import { initialTerms } from '../../src/agreements/terms.js';
import { MonthReports } from '../../src/reports/month-reports.js';
import { agencyMigrations } from '../../src/store/migrations.js';
import { type AgencyTables, json } from '../../src/store/tables.js';

const start = Date.UTC(2026, 10, 1);
const day = 86_400_000;

const callOf = (...guarantees: readonly string[]): Call => {
  const lines = guarantees.map((guarantee) => `  - { term: availability, of: web, as: group, min_up: 1, ${guarantee} }`);
  const { call } = parseCall(`apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute } }
probes: [{ of: web, http: "http://{address}:8080/" }]
guarantees:
${lines.join('\n')}
`);
  return call;
};

let database: TestDatabase;
let tables: Kysely<AgencyTables>;
beforeAll(async () => {
  database = await databases['SQLite (libsql)']!();
  tables = await openDatabase<AgencyTables>(database.place, agencyMigrations);
});
afterAll(async () => {
  await tables.destroy();
  await database.end();
});

it('counts what was violated before a renegotiation with what was promised then', async () => {
  const [before, after] = [
    callOf('at_least: 99 %, over: 30 d', 'at_least: 95 %, over: 7 d'),
    callOf('at_least: 95 %, over: 7 d'),
  ];
  const former = formerAfter([], before, after, start + 10 * day);
  await insertFilled(tables, 'cfp', [{ id: 'call', call: json(after) }]);
  await insertFilled(tables, 'agreement', [
    {
      ...{ id: 'agreement', cfp: 'call', tenant: 'a', name: 'shop', state: 'accepted', agreed_at: start, created_at: start },
      ...{ suspensions: '[]', levels: '[]', former: json(former), terms: json(initialTerms(allGuarantees(after), [])) },
    },
  ]);
  const violations = [
    ['of the first', 0, 2, 99],
    ['of the second', 1, 3, 95],
    ['of the second, by its new number', 0, 12, 95],
  ] as const;
  await insertFilled(
    tables,
    'violation',
    violations.map(([id, guarantee, on, wanted]) => ({
      ...{ id, tenant: 'a', agreement: 'agreement', term: 'availability', of: 'web', guarantee, wanted, samples: '[]' },
      ...{ opened: start + on * day, closed: start + on * day + 60_000, worst: 90, unit: '%' },
    })),
  );
  const nothing = { of: () => Promise.resolve({ days: [], terms: [], remark: null }) };
  const now = () => start + 20 * day;
  const reports = new MonthReports(tables, { of: () => undefined }, nothing, nothing, { now });
  const report = await reports.of('agreement', 'a', { month: undefined, page: { number: 1, size: 10 } });
  expect(report?.guarantees).toMatchObject([
    {
      guarantee: 0,
      wanted: 95,
      state: 'undefined',
      violations: 2,
      violatedFor: 120,
      basis: 'share of the time with 1 or more up, promised over 7 d, by probe',
    },
    {
      guarantee: 1,
      wanted: 99,
      state: null,
      violations: 1,
      violatedFor: 60,
      basis: 'share of the time with 1 or more up, promised over 30 d, by probe',
    },
  ]);
  expect(report?.violations.items.map(({ id, guarantee }) => [id, guarantee])).toEqual([
    ['of the first', 1],
    ['of the second', 0],
    ['of the second, by its new number', 0],
  ]);
});
