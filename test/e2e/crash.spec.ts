import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';
import { shop } from './calls.js';

const clouds = ['aws', 'linode', 'vultr'];

/** kill -9 at the worst of times: what was acknowledged is there afterwards, and nothing runs that nobody knows of. */
describe('after a kill -9', () => {
  let agency: AgencyProcess;

  beforeAll(async () => {
    agency = await AgencyProcess.start({ clouds });
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  const again = async (): Promise<Client> => {
    agency = await AgencyProcess.start({ clouds, directory: agency.directory, port: agency.port });
    return new Client(agency.url);
  };

  it('a call that was just acknowledged is answered', async () => {
    const cfp = await new Client(agency.url).submit(shop({ name: 'acknowledged' }));
    await agency.kill();
    const client = await again();
    await client.cfpReaches(cfp, 'proposed');
  }, 90_000);

  it.each([0, 150, 400, 900])(
    'provisioning goes on, %i ms after it was accepted, and no machine is doubled or lost',
    async (delay) => {
      const before = new Client(agency.url);
      const known = new Set((await before.list('/compute/')).map((compute) => compute.attributes['agency.address']));
      const cfp = await before.submit(shop({ name: `interrupted-${String(delay)}` }));
      await before.cfpReaches(cfp, 'proposed');
      const [best] = await before.proposalsOf(cfp);
      await before.act(`/proposal/${best!.id}`, 'accept');
      await new Promise((resolve) => setTimeout(resolve, delay));
      await agency.kill();

      const client = await again();
      await client.cfpReaches(cfp, 'fulfilled');
      const computes = await client.computesOf(cfp);
      expect(computes.map((compute) => compute.attributes['occi.compute.state'])).toEqual(['active', 'active', 'active']);
      const recorded = new Set([...known, ...computes.map((compute) => compute.attributes['agency.address'])]);
      await eventually(async () => {
        const running = (await new TestbedControl(agency.testbedUrl).machines()).map((machine) => machine.address);
        expect(new Set(running)).toEqual(recorded);
        expect(running).toHaveLength(recorded.size);
      });
      expect((await client.agreementOf(cfp)).attributes['occi.agreement.state']).toBe('accepted');
    },
    120_000,
  );
});
