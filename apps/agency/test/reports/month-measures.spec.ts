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
