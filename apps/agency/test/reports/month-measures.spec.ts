import type { MeasuredRequest } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import { allGuarantees, parseCall } from '@cloud-agency/sla';
import { archivedMeasures, type AskedMeasures } from '../../src/reports/month-measures.js';

const { call } = parseCall(`apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute, count: 2 } }
probes: [{ of: web, http: "http://{address}/" }]
guarantees:
  - { term: availability, of: web, at_least: 99 %, over: 1 d }
  - { term: error_rate, of: web, as: group, at_most: 1 %, over: 1 d }
`);
const day = 86_400_000;
const from = Date.UTC(2026, 10, 1);
const charge = (resource: string, begun: number, until: number | null) => ({
  resource,
  item: 'web',
  price: 1,
  from: begun,
  until,
});

const asked: AskedMeasures = {
  ...{ call, guarantees: allGuarantees(call), pauses: [], span: { from, until: from + 30 * day } },
  subjects: [
    { index: 0, resource: 'm1' },
    { index: 1, resource: null },
  ],
  // The price of m1 changed on the 11th; m2 was there for a day of the month before, and three of this.
  charges: [
    charge('m1', from - day, from + 10 * day),
    charge('m1', from + 10 * day, null),
    charge('m2', from - 3 * day, from - 2 * day),
    charge('m2', from + 5 * day, from + 8 * day),
  ],
};
const iso = (at: number): string => new Date(at).toISOString();

describe('what guarantees came to over the month of a report', () => {
  it('is asked for each machine, or all of the item, while they were there', async () => {
    const requests: MeasuredRequest[] = [];
    const found = await archivedMeasures((request) => {
      requests.push(request);
      return Promise.resolve({ since: iso(0), terms: [{ index: 0, resource: 'm1', measured: 99.5, spent: 0.5 }] });
    }).of(asked);
    const whole = { resource: 'm1', from: iso(from), until: iso(from + 30 * day) };
    expect(requests).toEqual([
      expect.objectContaining({
        from: iso(from),
        until: iso(from + 30 * day),
        terms: [
          expect.objectContaining({ index: 0, resource: 'm1', machines: [whole] }),
          expect.objectContaining({
            ...{ index: 1, resource: null },
            machines: [whole, { resource: 'm2', from: iso(from + 5 * day), until: iso(from + 8 * day) }],
          }),
        ],
      }),
    ]);
    expect(found).toEqual({ terms: [{ index: 0, resource: 'm1', measured: 99.5, spent: 0.5 }], remark: null });
  });

  const many = (machines: number): AskedMeasures => ({
    ...asked,
    charges: Array.from({ length: machines }, (_, place) => charge(`m${String(place)}`, from, null)),
    subjects: [
      ...Array.from({ length: machines }, (_, place) => ({ index: 0, resource: `m${String(place)}` })),
      { index: 1, resource: null },
      { index: 0, resource: 'm0' },
    ],
  });

  it('is asked for in portions that can be measured in the time that is given', async () => {
    const portions: number[] = [];
    const measures = archivedMeasures(({ terms }) => {
      portions.push(terms.length);
      return Promise.resolve({ since: iso(0), terms: [] });
    });
    await measures.of(many(45));
    // 50 machines together: five and the 45 of the group fill a message.
    expect(portions.splice(0)).toEqual([20, 20, 6, 1]);
    await measures.of(many(60));
    expect(portions).toEqual([20, 20, 20, 1, 1]);
  });

  it('is said to be missing of those that could not be measured', async () => {
    const unanswered = new AgencyError('archive-unreachable', { reason: 'timeout' });
    const answers = [{ since: iso(0), terms: [{ index: 0, resource: 'm1', measured: 99.5, spent: 0.5 }] }];
    const once = archivedMeasures(() => {
      const answer = answers.pop();
      return answer ? Promise.resolve(answer) : Promise.reject(unanswered);
    });
    const found = await once.of(many(30));
    expect(found.terms).toHaveLength(1);
    expect(found.remark).toContain('is missing of 31 of 32: ');
  });

  it('is said to be of a part of it where samples are kept no longer', async () => {
    const late = archivedMeasures(() => Promise.resolve({ since: iso(from + day), terms: [] }));
    expect((await late.of(asked)).remark).toContain(`from ${iso(from + day)} on`);
  });

  it('is missing, and said to be, while no monitor answers', async () => {
    const silent = archivedMeasures(() => Promise.reject(new AgencyError('archive-unreachable', { reason: 'no responders' })));
    const found = await silent.of(asked);
    expect(found.terms).toEqual([]);
    expect(found.remark).toContain('What guarantees came to over the month is missing');
  });
});
