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
      const known = (await before.list('/compute/')).length;
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
      // On a busy machine a probe may fail for being late, and a machine be replaced: what is recorded now counts.
      await eventually(async () => {
        const recorded = (await client.list('/compute/')).map((compute) => compute.attributes['agency.address']);
        const running = (await new TestbedControl(agency.testbedUrl).machines()).map((machine) => machine.address);
        expect([...running].sort()).toEqual([...recorded].sort());
        expect(recorded).toHaveLength(known + 3);
      });
      expect((await client.agreementOf(cfp)).attributes['occi.agreement.state']).toBe('accepted');
    },
    120_000,
  );

  it('a replacement that had begun is finished, and the resource has one machine', async () => {
    const before = new Client(agency.url);
    const cfp = await before.submit(shop({ name: 'replaced', accept: 'best' }));
    await before.cfpReaches(cfp, 'fulfilled');
    const known = new Set((await before.list('/compute/')).map((compute) => compute.id));
    const victim = (await before.computesOf(cfp)).find((compute) => compute.attributes['agency.item'] === 'web');
    const address = victim!.attributes['agency.address'];
    await new TestbedControl(agency.testbedUrl).die(String(address));
    await eventually(async () => {
      const { attributes } = await before.get(`/compute/${victim!.id}`);
      expect(String(attributes['occi.compute.state.message'])).toMatch(/replace/);
    });
    await agency.kill();

    const client = await again();
    await eventually(async () => {
      const { attributes } = await client.get(`/compute/${victim!.id}`);
      expect(attributes['agency.address']).not.toBe(address);
      expect(attributes['occi.compute.state']).toBe('active');
    }, 60_000);
    await eventually(async () => {
      const computes = await client.list('/compute/');
      expect(new Set(computes.map((compute) => compute.id))).toEqual(known);
      const running = (await new TestbedControl(agency.testbedUrl).machines()).map((machine) => machine.address);
      expect([...running].sort()).toEqual(computes.map((compute) => compute.attributes['agency.address']).sort());
    }, 60_000);
  }, 180_000);
});
