import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';

const folder = join(__dirname, '../../examples');
const examples = readdirSync(folder).filter((name) => name.endsWith('.cfp.yaml'));
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

  it.each(examples.filter((name) => name !== 'impossible.cfp.yaml'))(
    '%s gets three proposals or more from which to choose',
    async (name) => {
      const cfp = await client.submit(read(name));
      await client.cfpReaches(cfp, 'proposed', 'fulfilled', 'provisioning');
      expect((await client.proposalsOf(cfp)).length).toBeGreaterThanOrEqual(3);
    },
  );

  it('impossible.cfp.yaml is refused, with the constraint that stands in the way', async () => {
    const cfp = await client.submit(read('impossible.cfp.yaml'));
    const refused = await client.cfpReaches(cfp, 'refused');
    expect(String(refused.attributes['agency.cfp.state.message']).length).toBeGreaterThan(20);
  });

  it('sees the offers of every vendor', async () => {
    await eventually(async () => {
      const vendors = await client.list('/vendor/');
      expect(vendors).toHaveLength(14);
      expect(vendors.filter((vendor) => vendor.attributes['agency.vendor.offers'] === 0)).toEqual([]);
    });
  });
});
