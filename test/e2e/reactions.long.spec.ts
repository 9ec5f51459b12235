import { AgencyProcess } from '../harness/agency-process.js';
import { Client, type Entity, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

interface Reaction {
  readonly event: string;
  readonly rule: string;
  readonly action: string;
  readonly state: string;
  readonly why: string;
}

const call = (name: string, vendor: string, ...reactions: readonly string[]): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources:
  web: { kind: compute, require: { cores: ">= 2", architecture: x64, region: { vendor: [${vendor}] } } }
negotiate: { reply_by: 3 s, accept: best }
probes: [{ of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms }]
guarantees: [{ term: availability, of: web, at_least: 99 %, over: 1 d }]
reactions:
${reactions.map((rule) => `  - ${rule}`).join('\n')}
`;

/** The built Agency acts on what the testbed's hypervisors measure, which is told every second. */
describe('rules', () => {
  let agency: AgencyProcess;
  let client: Client;
  let testbed: TestbedControl;
  const start = async (from: { readonly directory?: string; readonly port?: number } = {}): Promise<void> => {
    agency = await AgencyProcess.start({
      ...from,
      clouds: ['linode', 'voxel'],
      environment: { TESTBED_METRICS_EVERY: '1 s' },
    });
    client = new Client(agency.url);
    testbed = new TestbedControl(agency.testbedUrl);
  };

  beforeAll(async () => {
    await start();
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  const running = async (document: string): Promise<string> => {
    const cfp = await client.submit(document);
    await client.cfpReaches(cfp, 'fulfilled');
    return cfp;
  };
  const reactionsOf = async (cfp: string): Promise<readonly Reaction[]> =>
    (await client.agreementOf(cfp)).attributes['agency.agreement.reactions'] as readonly Reaction[];
  const addressOf = (compute: Entity | undefined): string => String(compute?.attributes['agency.address']);
  const burden = async (cfp: string, cpu: number): Promise<void> => {
    for (const compute of await client.computesOf(cfp)) await testbed.burden(addressOf(compute), cpu);
  };
  const active = async (cfp: string, count: number): Promise<void> => {
    await eventually(async () => {
      const states = (await client.computesOf(cfp)).map(({ attributes }) => attributes['occi.compute.state']);
      expect(states).toEqual(Array.from({ length: count }, () => 'active'));
    });
  };

  it('add a machine to what is used too much and give one back of what is used too little, within their bounds', async () => {
    const cfp = await running(
      call(
        'elastic',
        'linode',
        '{ on: resource.overused, of: web, above: 80 %, for: 2 s, do: scale, by: 1, up_to: 2 }',
        '{ on: resource.underused, of: web, below: 2 %, for: 2 s, do: scale, by: -1, down_to: 1 }',
      ),
    );
    await burden(cfp, 95);
    await active(cfp, 2);
    await eventually(async () => {
      const trail = await reactionsOf(cfp);
      expect(trail[0]).toMatchObject({
        event: 'resource.overused',
        action: 'scale-out',
        state: 'done',
        why: 'added elastic-web-2',
      });
      expect(trail.at(-1)).toMatchObject({ state: 'skipped', why: 'not done: web has 2 machines, and the rule goes up to 2' });
    });
    expect((await client.agreementOf(cfp)).attributes['agency.agreement.terms']).toHaveLength(2);

    await burden(cfp, 1);
    await active(cfp, 1);
    await eventually(async () => {
      const trail = (await reactionsOf(cfp)).filter(({ action }) => action === 'scale-in');
      expect(trail[0]).toMatchObject({ event: 'resource.underused', state: 'done', why: 'gave back elastic-web-2' });
      expect(trail.at(-1)).toMatchObject({ state: 'skipped', why: 'not done: web has one machine, and the rule goes down to 1' });
      expect(trail.filter(({ state }) => state === 'done')).toHaveLength(1);
    });
    const [left] = await client.computesOf(cfp);
    await eventually(async () => {
      expect((await testbed.machines()).map(({ address }) => address)).toEqual([addressOf(left)]);
    });
    expect((await client.agreementOf(cfp)).attributes['agency.agreement.terms']).toHaveLength(1);
    await client.act(`/agreement/${(await client.agreementOf(cfp)).id}`, 'terminate');
  });

  it('move a machine that works, and keep to their limits across a kill -9', async () => {
    const cfp = await running(
      call('moved', 'linode', '{ on: resource.overused, above: 80 %, for: 1 s, do: migrate, at_most: "1 per 1 h" }'),
    );
    const [before] = await client.computesOf(cfp);
    await burden(cfp, 95);
    await eventually(async () => {
      expect(addressOf((await client.computesOf(cfp))[0])).not.toBe(addressOf(before));
    });
    const [after] = await client.computesOf(cfp);
    expect(after!.attributes['agency.offer']).not.toBe(before!.attributes['agency.offer']);
    await agency.kill();
    await start({ directory: agency.directory, port: agency.port });
    await burden(cfp, 95);
    await eventually(async () => {
      expect(await reactionsOf(cfp)).toEqual([
        expect.objectContaining({ action: 'migrate', state: 'done', why: expect.stringMatching(/^moved to linode/) as string }),
        expect.objectContaining({ action: 'migrate', state: 'skipped', why: 'not done: the rule allows 1 per 1 h' }),
      ]);
    });
    expect(addressOf((await client.computesOf(cfp))[0])).toBe(addressOf(after));
    await client.act(`/agreement/${(await client.agreementOf(cfp)).id}`, 'terminate');
  }, 60_000);

  const cores = (compute: Entity | undefined): number => Number(compute?.attributes['occi.compute.cores']);
  const larger = async (cfp: string, than: Entity | undefined): Promise<Entity> =>
    await eventually(async () => {
      const [compute] = await client.computesOf(cfp);
      expect(await reactionsOf(cfp)).toContainEqual(expect.objectContaining({ action: 'resize', state: 'done' }));
      expect(compute!.attributes['occi.compute.state']).toBe('active');
      expect(cores(compute)).toBeGreaterThan(cores(than));
      return compute!;
    });

  it('give a machine the next size where it stands', async () => {
    const rule = '{ on: resource.overused, above: 80 %, for: 1 s, do: scale, size: larger, at_most: 1 per 1 h }';
    const cfp = await running(call('larger', 'linode', rule));
    const [before] = await client.computesOf(cfp);
    await burden(cfp, 95);
    const after = await larger(cfp, before);
    expect(after.attributes['agency.placement']).toBe(before!.attributes['agency.placement']);
    await client.act(`/agreement/${(await client.agreementOf(cfp)).id}`, 'terminate');
  });

  it('give a machine the next size by a larger one that takes over, where its vendor changes no sizes', async () => {
    const cfp = await running(call('moved-up', 'voxel', '{ on: resource.down, do: scale, size: larger }'));
    const [before] = await client.computesOf(cfp);
    await testbed.die(addressOf(before));
    const after = await larger(cfp, before);
    expect(after.id).toBe(before!.id);
    expect(addressOf(after)).not.toBe(addressOf(before));
    await client.act(`/agreement/${(await client.agreementOf(cfp)).id}`, 'terminate');
  });

  it('end the agreement where that is what is to be done', async () => {
    const cfp = await running(call('ended', 'linode', '{ on: resource.down, of: web, if: machines < 2, do: terminate }'));
    const address = addressOf((await client.computesOf(cfp))[0]);
    await testbed.die(address);
    await eventually(async () => {
      expect((await client.agreementOf(cfp)).attributes['occi.agreement.state']).toBe('terminated');
      expect((await testbed.machines()).map((machine) => machine.address)).not.toContain(address);
    });
    expect(await reactionsOf(cfp)).toEqual([
      expect.objectContaining({ event: 'resource.down', action: 'terminate', state: 'done' }),
    ]);
  });
});
