import { AgencyProcess } from '../harness/agency-process.js';
import { Client, type Entity, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';
import { webhookSecret } from './calls.js';

/** Running agreements of the built Agency that are had better elsewhere, or as their client wants them now. */
describe('a running agreement', () => {
  let agency: AgencyProcess;
  let client: Client;
  let testbed: TestbedControl;
  let hooks: WebhookReceiver;

  beforeAll(async () => {
    hooks = await WebhookReceiver.start(webhookSecret);
    agency = await AgencyProcess.start({ clouds: ['linode', 'vultr'] });
    client = new Client(agency.url);
    testbed = new TestbedControl(agency.testbedUrl);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
    await hooks.stop();
  });

  const call = (name: string, count: number, more = ''): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources:
  web:
    kind: compute
    count: ${String(count)}
    require: { cores: ">= 2", memory: ">= 4 GiB", architecture: x64, image: debian-12, region: { continent: [EU] } }
select: { policy: lowest-cost }
negotiate: { reply_by: 3 s, accept: best, switching_cost: 1 USD }
probes: [{ of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 2 }]
guarantees: [{ term: availability, of: web, at_least: 90 %, over: 1 h }]
${more}`;
  const rules = (): string => `reactions:
  - { on: market.cheaper, by: 20 %, every: 1 s, do: migrate, at_most: 1 per 1 h }
  - { on: resource.repriced, if: change > 50, do: renegotiate }
notify: [{ url: "${hooks.url}", secret: "${webhookSecret}", events: [market.cheaper, "resource.*"] }]
`;

  const vendorsOf = (computes: readonly Entity[]): readonly unknown[] =>
    computes.map(({ attributes }) => attributes['agency.vendor']);
  const placementsOf = (computes: readonly Entity[]): readonly unknown[] =>
    computes.map(({ attributes }) => attributes['agency.placement']).sort();
  const costOf = (computes: readonly Entity[]): number =>
    computes.reduce((sum, { attributes }) => sum + Number(attributes['agency.price']), 0);
  const machinesOf = async (name: string) => (await testbed.machines()).filter((machine) => machine.name.startsWith(`${name}-`));

  /** Asks for a renegotiation, and waits until nothing is left to wait for. */
  const renegotiated = async (agreement: string, terms: Readonly<Record<string, string>> = {}): Promise<Entity> => {
    const named = Object.entries(terms).map(([name, value]) => [`agency.renegotiation.${name}`, value]);
    const action = 'http://schemas.cloud-agency.dev/occi/agency/agreement/action#renegotiate';
    const asked = JSON.stringify({ action, attributes: Object.fromEntries(named) as object });
    const headers = { 'content-type': 'application/occi+json' };
    const { status, data } = await client.request('POST', `/agreement/${agreement}?action=renegotiate`, asked, headers);
    if (status !== 200) throw new Error(`renegotiate answered ${String(status)}: ${JSON.stringify(data)}`);
    return await settled(agreement);
  };
  const newestOf = async (agreement: string): Promise<Entity | undefined> =>
    (await client.list('/renegotiation/'))
      .filter(({ attributes }) => attributes['agency.renegotiation.agreement'] === agreement)
      .at(-1);
  const stateOf = (entity: Entity | undefined): unknown => entity?.attributes['agency.renegotiation.state'];
  const settled = async (agreement: string): Promise<Entity> =>
    await eventually(async () => {
      const newest = await newestOf(agreement);
      if (!newest || ['open', 'accepted', 'carrying-out'].includes(String(stateOf(newest))))
        throw new Error(`The renegotiation is ${String(stateOf(newest))}`);
      return newest;
    });

  it('moves when the market is cheaper by what its rule says, and otherwise as its client decides', async () => {
    const [moving, still] = await Promise.all([client.submit(call('moving', 2, rules())), client.submit(call('still', 1))]);
    await Promise.all([moving, still].map((id) => client.cfpReaches(id, 'fulfilled')));
    const before = await client.computesOf(moving);
    expect(new Set(vendorsOf(before))).toEqual(new Set(['vultr']));

    await testbed.reprice({ cloud: 'linode', instance_type: 'g6-standard-2', factor: 0.4 });
    const agreement = (await client.agreementOf(moving)).id;
    await eventually(async () => {
      expect(stateOf(await newestOf(agreement))).toBe('done');
    });
    const after = await client.computesOf(moving);
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
    expect(new Set(vendorsOf(after))).toEqual(new Set(['linode']));
    expect(costOf(after)).toBeLessThan(0.8 * costOf(before));
    const addresses = after.map(({ attributes }) => String(attributes['agency.address'])).sort();
    await eventually(async () => {
      expect((await machinesOf('moving')).map(({ address }) => address).sort()).toEqual(addresses);
    });
    await eventually(async () => {
      expect(await Promise.resolve(hooks.types())).toEqual(expect.arrayContaining(['market.cheaper', 'resource.moved']));
    });
    expect(Number(hooks.events.find(({ type }) => type === 'market.cheaper')?.data.saving)).toBeGreaterThan(0.2);

    // The same market, for an agreement whose client decides.
    const kept = await client.agreementOf(still);
    const tooLittle = await renegotiated(kept.id, { gain: '90 %' });
    expect(stateOf(tooLittle)).toBe('unchanged');
    expect(String(tooLittle.attributes['agency.renegotiation.state.message'])).toMatch(/less than the gain of 90 % that is/);
    expect(vendorsOf(await client.computesOf(still))).toEqual(['vultr']);

    const more = await renegotiated(kept.id, { document: call('still', 2), switching: '100 USD' });
    expect(stateOf(more)).toBe('proposed');
    const moves = more.attributes['agency.renegotiation.moves'] as readonly { do: string; to: { vendor: string } }[];
    expect(moves.map((move) => [move.do, move.to.vendor])).toEqual([['add', 'linode']]);
    expect(await client.computesOf(still)).toHaveLength(1);
    await client.act(`/renegotiation/${more.id}`, 'accept');
    expect(stateOf(await settled(kept.id))).toBe('done');
    expect(vendorsOf(await client.computesOf(still)).toSorted()).toEqual(['linode', 'vultr']);
    const { attributes } = await client.get(`/agreement/${kept.id}`);
    expect(attributes['agency.agreement.terms']).toHaveLength(2);
    expect((await client.get(`/cfp/${still}`)).attributes['agency.cfp.document']).toMatchObject({
      resources: { web: { count: 2 } },
    });
  }, 90_000);

  it('stays as it was when what was accepted cannot be had', async () => {
    const cfp = await client.submit(call('unlucky', 1, 'budget: { at_most: 20 USD/month }\n'));
    await client.cfpReaches(cfp, 'fulfilled');
    const before = placementsOf(await client.computesOf(cfp));
    const agreement = (await client.agreementOf(cfp)).id;
    const more = await renegotiated(agreement, { document: call('unlucky', 2) });
    expect(stateOf(more)).toBe('proposed');
    await testbed.fault({ cloud: 'linode', fault: 'quota' });
    await client.act(`/renegotiation/${more.id}`, 'accept');
    const failed = await settled(agreement);
    await testbed.clearFaults();
    expect(stateOf(failed)).toBe('failed');
    expect(String(failed.attributes['agency.renegotiation.state.message'])).toMatch(/quota.*the agreement is as it was/);
    expect(placementsOf(await client.computesOf(cfp))).toEqual(before);
    await eventually(async () => {
      expect(await machinesOf('unlucky')).toHaveLength(1);
    });
    expect((await client.agreementOf(cfp)).attributes['occi.agreement.state']).toBe('accepted');
  }, 60_000);

  it('is told what its machines cost from now on, and renegotiated where a rule says so', async () => {
    const moving = (await client.list('/agreement/')).find(({ title }) => title === 'moving');
    await testbed.reprice({ cloud: 'linode', instance_type: 'g6-standard-2', factor: 2 });
    const told = await eventually(async () => {
      const found = hooks.events.filter(({ type }) => type === 'resource.repriced');
      expect(found.length).toBeGreaterThan(1);
      return await Promise.resolve(found);
    });
    expect(told[0]?.data).toMatchObject({ from: 0.012, to: 0.024, currency: 'USD' });
    const asked = await eventually(async () => {
      const newest = await settled(moving?.id ?? '');
      expect(newest.attributes['agency.renegotiation.cause']).toBe('rule');
      return newest;
    });
    expect(asked.attributes['agency.renegotiation.cost.before']).toBeCloseTo(2 * 0.024 * 730, 1);
    const cfp = String(moving?.attributes['agency.agreement.cfp']);
    for (const { attributes } of await client.computesOf(cfp)) expect(attributes['agency.price.announced']).toBe(0.024);
  }, 60_000);
});
