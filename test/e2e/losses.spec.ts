import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

/** Nothing probes the database; its loss shows only in what its vendor lists. */
const call = (reactions: string): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: lost
resources:
  web: { kind: compute, require: { cores: ">= 1", memory: ">= 1 GiB" } }
  db: { kind: compute, require: { cores: ">= 1", memory: ">= 2 GiB" } }
negotiate: { reply_by: 2 s, accept: best }
probes:
  - { of: web, http: "http://{address}:8080/health", every: 1 s, timeout: 400 ms, failures: 2 }
${reactions}
`;

/** Records and vendors are compared at the start, and every minute. */
describe('a machine that its vendor has lost', () => {
  let agency: AgencyProcess;
  let client: Client;

  const start = async (directory?: string): Promise<void> => {
    agency = await AgencyProcess.start({ clouds: ['ptc', 'brightbox'], ...(directory === undefined ? {} : { directory }) });
    client = new Client(agency.url);
  };
  const databaseOf = async (cfp: string) => {
    const database = (await client.computesOf(cfp)).find(({ attributes }) => attributes['agency.item'] === 'db')!;
    const { attributes } = database;
    const [state, address] = [attributes['occi.compute.state'], String(attributes['agency.address'])];
    const placement = attributes['agency.placement'];
    return { id: database.id, state, address, placement, message: String(attributes['occi.compute.state.message']) };
  };

  beforeAll(async () => {
    await start();
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  it('is replaced by the rule for machines that are down, and is in error where there is no rule', async () => {
    const replaced = await client.submit(call('reactions: [{ on: resource.down, do: replace }]'));
    const missed = await client.submit(call(''));
    for (const cfp of [replaced, missed]) await client.cfpReaches(cfp, 'fulfilled');
    const before = { replaced: await databaseOf(replaced), missed: await databaseOf(missed) };
    const control = new TestbedControl(agency.testbedUrl);
    for (const { address } of Object.values(before)) await control.vanish(address);

    await agency.stop();
    await start(agency.directory);

    await eventually(async () => {
      expect(await databaseOf(missed)).toMatchObject({ id: before.missed.id, state: 'error' });
    });
    expect((await databaseOf(missed)).message).toContain('does not know');
    await eventually(async () => {
      const now = await databaseOf(replaced);
      expect(now).toMatchObject({ id: before.replaced.id, state: 'active' });
      // Its address may be the old one: the cloud has that back.
      expect(now.placement).not.toBe(before.replaced.placement);
    });
    const { address } = await databaseOf(replaced);
    expect((await new TestbedControl(agency.testbedUrl).machines()).map((machine) => machine.address)).toContain(address);
  }, 60_000);
});
