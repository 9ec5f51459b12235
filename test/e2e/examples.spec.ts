import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Explanation } from '@cloud-agency/sla';
import { type Document, parse, parseDocument } from 'yaml';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';

const folder = join(__dirname, '../../examples');
const examples = readdirSync(folder).filter((name) => /\.(cfp\.yaml|wsag\.xml)$/.test(name));
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('the shipped examples, over every offer of the testbed', () => {
  let agency: AgencyProcess;
  let client: Client;

  beforeAll(async () => {
    agency = await AgencyProcess.start();
    client = new Client(agency.url);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  it('sees the offers of every vendor', async () => {
    await eventually(async () => {
      const vendors = await client.list('/vendor/');
      expect(vendors).toHaveLength(14);
      expect(vendors.filter((vendor) => vendor.attributes['agency.vendor.offers'] === 0)).toEqual([]);
    });
  });

  it.each(examples.filter((name) => name !== 'impossible.cfp.yaml'))(
    '%s gets three proposals or more from which to choose',
    async (name) => {
      const type = name.endsWith('.xml') ? 'application/wsag+xml' : 'application/yaml';
      const cfp = await client.submit(read(name), type);
      await client.cfpReaches(cfp, 'proposed', 'fulfilled', 'provisioning');
      expect((await client.request('GET', `/cfp/${cfp}`, undefined, { accept: type })).data).toBe(read(name));
      expect((await client.proposalsOf(cfp)).length).toBeGreaterThanOrEqual(3);
    },
  );

  it('gives a call back as a WS-Agreement offer, which is taken again', async () => {
    const cfp = await client.submit(read('web-shop.cfp.yaml'));
    const offer = await client.request('GET', `/cfp/${cfp}`, undefined, { accept: 'application/wsag+xml' });
    expect([offer.status, offer.headers['content-type']]).toEqual([200, 'application/wsag+xml']);
    const again = await client.submit(String(offer.data), 'application/wsag+xml');
    await client.cfpReaches(again, 'proposed');
    expect((await client.get(`/cfp/${again}`)).attributes['agency.cfp.document']).toMatchObject({
      name: 'web-shop',
      resources: { web: { count: 3 }, db: { require: { cores: ['>= 4'] } } },
    });
  });

  it('impossible.cfp.yaml is refused, and with the least change that it is told to make it gets proposals', async () => {
    // On a busy machine some vendors would be too late, and what is told would be of the others.
    const patient = (): Document => {
      const document = parseDocument(read('impossible.cfp.yaml'));
      document.setIn(['negotiate', 'reply_by'], '30 s');
      return document;
    };
    const cfp = await client.submit(patient().toString());
    const { attributes } = await client.cfpReaches(cfp, 'refused');
    expect(attributes['agency.cfp.state.message']).toMatch(/^It would be possible with: giant max_price .* USD a month\)\./);
    const { repairs, repairRound } = attributes['agency.cfp.explanation'] as Required<Explanation>;
    expect(repairs.length).toBeGreaterThan(0);
    expect([repairRound.asked.length, repairRound.silent]).toEqual([14, []]);
    for (const { changes, cost } of repairs) {
      const edited = patient();
      for (const { path, to } of changes) {
        if (to === null) edited.deleteIn(path.split('.'));
        else edited.setIn(path.split('.'), parse(to));
      }
      const again = await client.submit(edited.toString());
      await client.cfpReaches(again, 'proposed');
      const costs = (await client.proposalsOf(again)).map((proposal) => Number(proposal.attributes['agency.proposal.cost']));
      expect(Math.min(...costs)).toBeCloseTo(cost, 2);
    }
  });
});
