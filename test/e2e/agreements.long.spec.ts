import { AgencyProcess } from '../harness/agency-process.js';
import { Client, type Entity, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

interface Term {
  readonly term: string;
  readonly level: string;
  readonly state: string;
  readonly measured: number | null;
}

const watched = (name: string, promises: string): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources:
  web: { kind: compute, require: { cores: ">= 1", memory: ">= 1 GiB" } }
select: { policy: lowest-cost, proposals: 1 }
negotiate: { reply_by: 3 s, accept: best }
probes:
  - { of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 1 }
${promises}
`;

/** What becomes of an agreement once it holds, over the built processes. */
describe('an agreement', () => {
  let agency: AgencyProcess;
  let client: Client;
  let testbed: TestbedControl;

  beforeAll(async () => {
    agency = await AgencyProcess.start({ clouds: ['aws', 'linode'] });
    client = new Client(agency.url);
    testbed = new TestbedControl(agency.testbedUrl);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  const concluded = async (name: string, promises: string): Promise<{ readonly path: string; readonly address: string }> => {
    const cfp = await client.submit(watched(name, promises));
    await client.cfpReaches(cfp, 'fulfilled');
    const [compute] = await client.computesOf(cfp);
    return {
      path: `/agreement/${(await client.agreementOf(cfp)).id}`,
      address: String(compute!.attributes['agency.address']),
    };
  };
  const termsOf = ({ attributes }: Entity) => attributes['agency.agreement.terms'] as readonly Term[];
  const when = async (path: string, check: (agreement: Entity) => void): Promise<Entity> =>
    await eventually(async () => {
      const agreement = await client.get(path);
      check(agreement);
      return agreement;
    });
  const stateIs = (state: string) => (agreement: Entity) => {
    expect(termsOf(agreement)[0]?.state).toBe(state);
  };
  const limit = async (path: string, attributes: object) =>
    await client.request('POST', path, JSON.stringify({ attributes }), { 'content-type': 'application/occi+json' });

  it('owes a penalty for what was violated, falls back to a lesser level, and comes back', async () => {
    const { path, address } = await concluded(
      'owing',
      `guarantees:
  - { term: availability, of: web, at_least: 90 %, over: 10 s, penalty: { credit: 40 %, of: charge, per: violation } }
levels:
  - name: reduced
    after: 1 per 1 h
    back_after: 3 s
    guarantees: [{ term: availability, of: web, at_least: 1 %, over: 1 h }]
reactions: [{ on: resource.down, do: replace }]`,
    );
    const before = await when(path, stateIs('fulfilled'));
    expect(before.attributes).toMatchObject({
      'agency.agreement.level': 'agreed',
      'agency.agreement.penalties': 0,
      'availability.term.remedy': "40 % of the month's charge for each violation",
    });
    await testbed.die(address);
    const fallen = await when(path, ({ attributes }) => {
      expect(attributes['agency.agreement.level']).toBe('reduced');
    });
    expect(termsOf(fallen)).toMatchObject([{ term: 'availability', level: 'reduced' }]);
    // A share of a charge that is a few seconds old may still be nothing.
    const owing = await when(path, ({ attributes }) => {
      expect(attributes['agency.agreement.penalties']).toBeGreaterThan(0);
    });
    expect(owing.attributes['agency.agreement.balance']).toBe(owing.attributes['agency.agreement.penalties']);
    expect(owing.attributes['agency.agreement.ledger']).toMatchObject([
      { kind: 'penalty', term: 'availability', state: 'running' },
    ]);
    const [violation] = await client.list('/violation/');
    expect(violation!.attributes['agency.violation.penalty']).toMatch(/^0\.\d+ USD for \d{4}-\d\d so far$/);
    const restored = await when(path, ({ attributes }) => {
      expect(attributes['agency.agreement.level']).toBe('agreed');
    });
    expect(termsOf(restored)).toMatchObject([{ level: 'agreed' }]);

    await client.act(path, 'terminate');
    const { attributes } = await client.get(path);
    const states = (attributes['agency.agreement.ledger'] as readonly { readonly state: string }[]).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['settled']));
  }, 60_000);

  it('is not assessed while it is suspended, ends by itself at the instant named, whatever crashes, and gives back what it had', async () => {
    const { path, address } = await concluded(
      'dated',
      'guarantees:\n  - { term: availability, of: web, at_least: 50 %, over: 4 s }',
    );
    await when(path, stateIs('fulfilled'));
    await client.act(path, 'suspend');
    await testbed.die(address);
    await expect(fetch(`http://${address}:8080/health`)).rejects.toThrow();
    const suspended = await client.get(path);
    expect(suspended.attributes['agency.agreement.health']).toEqual([]);
    const resumed = Date.now();
    await client.act(path, 'resume');
    await when(path, stateIs('violated'));
    const violation = (await client.list('/violation/')).find(
      ({ attributes }) => `/agreement/${String(attributes['agency.violation.agreement'])}` === path,
    );
    // Half of four seconds of assessed time: none of it before it was resumed.
    expect(Date.parse(String(violation!.attributes['agency.violation.opened']))).toBeGreaterThan(resumed + 1_500);

    const past = await limit(path, { 'occi.agreement.effectiveUntil': '2020-01-01T00:00:00Z' });
    expect([past.status, JSON.stringify(past.data)]).toEqual([400, expect.stringMatching(/is past: name a later instant/)]);
    const again = await limit(path, { 'occi.agreement.effectiveFrom': '2099-01-01T00:00:00Z' });
    expect([again.status, JSON.stringify(again.data)]).toEqual([409, expect.stringMatching(/suspend it to interrupt/)]);
    const end = new Date(Date.now() + 1_500).toISOString();
    const set = await limit(path, { 'occi.agreement.effectiveUntil': end });
    expect(set.status).toBe(200);
    expect((set.data as Entity).attributes['occi.agreement.effectiveUntil']).toBe(end);
    await agency.kill();
    agency = await AgencyProcess.start({ clouds: ['aws', 'linode'], directory: agency.directory, port: agency.port });
    await when(path, ({ attributes }) => {
      expect(attributes['occi.agreement.state']).toBe('terminated');
    });
    await eventually(async () => {
      expect((await testbed.machines()).map((machine) => machine.address)).not.toContain(address);
    });
  }, 60_000);
});
