import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';
import { shop, webhookSecret } from './calls.js';

/** The built Agency, its bus, its store and the simulated clouds: a call's whole life as its client sees it. */
describe('a call for proposals', () => {
  let agency: AgencyProcess;
  let client: Client;
  let testbed: TestbedControl;
  let hooks: WebhookReceiver;

  beforeAll(async () => {
    hooks = await WebhookReceiver.start(webhookSecret);
    agency = await AgencyProcess.start({ clouds: ['aws', 'linode', 'vultr', 'rackspace', 'elastichosts', 'gandi'] });
    client = new Client(agency.url);
    testbed = new TestbedControl(agency.testbedUrl);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
    await hooks.stop();
  });
  afterEach(async () => {
    await testbed.clearFaults();
  });

  const accepted = async (document: string): Promise<string> => {
    const cfp = await client.submit(document);
    await client.cfpReaches(cfp, 'proposed');
    const [best] = await client.proposalsOf(cfp);
    await client.act(`/proposal/${best!.id}`, 'accept');
    return cfp;
  };

  it('is answered with ranked, proven and explained proposals', async () => {
    const cfp = await client.submit(shop({ name: 'ranked' }));
    const proposed = await client.cfpReaches(cfp, 'proposed');
    const proposals = await client.proposalsOf(cfp);
    expect(proposals.map((proposal) => proposal.attributes['agency.proposal.rank'])).toEqual([1, 2, 3]);
    const scores = proposals.map((proposal) => Number(proposal.attributes['agency.proposal.score']));
    expect([...scores].sort((a, b) => b - a)).toEqual(scores);
    expect(proposals.every((proposal) => proposal.attributes['agency.proposal.optimal'] === true)).toBe(true);
    expect(proposals[1]!.attributes['agency.proposal.explanation']).toMatchObject({
      why: expect.stringContaining('proposal 1') as string,
    });
    const answers = proposed.attributes['agency.cfp.answers'] as readonly { agent: string; state: string }[];
    expect(answers.map((answer) => answer.agent).sort()).toEqual([
      'aws',
      'elastichosts',
      'gandi',
      'linode',
      'rackspace',
      'vultr',
    ]);
  });

  it('becomes an agreement and real machines that answer at their addresses, and ends with the agreement', async () => {
    const cfp = await accepted(shop({ name: 'lived' }));
    await client.cfpReaches(cfp, 'fulfilled');
    const agreement = await client.agreementOf(cfp);
    expect(agreement.attributes['occi.agreement.state']).toBe('accepted');
    const computes = await client.computesOf(cfp);
    expect(computes).toHaveLength(3);
    const machines = await testbed.machines();
    for (const compute of computes) {
      expect(compute.attributes['occi.compute.state']).toBe('active');
      const machine = machines.find((one) => one.address === compute.attributes['agency.address']);
      expect(machine).toMatchObject({ cloud: compute.attributes['agency.vendor'], region: compute.attributes['agency.region'] });
    }
    const webRegions = computes
      .filter((compute) => compute.attributes['agency.item'] === 'web')
      .map((compute) => compute.attributes['agency.region']);
    expect(new Set(webRegions).size).toBe(2);

    const text = await client.request('GET', `/compute/${computes[0]!.id}`, undefined, { accept: 'text/plain' });
    expect(text.data).toMatch(/^Category: compute; scheme="http:\/\/schemas\.ogf\.org\/occi\/infrastructure#"; class="kind"/);

    await client.act(`/agreement/${agreement.id}`, 'terminate');
    const own = new Set(computes.map((compute) => compute.attributes['agency.address']));
    await eventually(async () => {
      expect((await testbed.machines()).filter((machine) => own.has(machine.address))).toEqual([]);
    });
    expect((await client.get(`/agreement/${agreement.id}`)).attributes['occi.agreement.state']).toBe('terminated');
    for (const path of [`/agreement/${agreement.id}`, `/cfp/${cfp}`]) {
      expect((await client.request('DELETE', path)).status).toBe(200);
      expect((await client.request('GET', path)).status).toBe(404);
    }
  });

  it('replaces a dead machine: down in time, a new one elsewhere, verified, the address changed, the old one gone', async () => {
    const cfp = await accepted(shop({ name: 'mended', hooks: { url: hooks.url, secret: webhookSecret } }));
    await client.cfpReaches(cfp, 'fulfilled');
    await eventually(async () => {
      const agreement = await client.agreementOf(cfp);
      const health = agreement.attributes['agency.agreement.health'] as readonly { state: string }[];
      expect(health.map(({ state }) => state)).toEqual(['up', 'up', 'up']);
    });
    const victim = (await client.computesOf(cfp)).find((compute) => compute.attributes['agency.item'] === 'web');
    const address = String(victim!.attributes['agency.address']);
    const died = Date.now();
    await testbed.die(address);

    const moved = await eventually(async () => {
      const compute = await client.get(`/compute/${victim!.id}`);
      expect(compute.attributes['agency.address']).not.toBe(address);
      return compute;
    });
    expect(moved.attributes['agency.placement']).not.toBe(victim!.attributes['agency.placement']);
    expect(moved.attributes['agency.offer']).not.toBe(victim!.attributes['agency.offer']);
    const live = await fetch(`http://${String(moved.attributes['agency.address'])}:8080/health`);
    expect(live.status).toBe(200);
    await eventually(async () => {
      expect((await testbed.machines()).map((machine) => machine.address)).not.toContain(address);
    });
    await eventually(async () => {
      expect(await Promise.resolve(hooks.types())).toEqual(
        expect.arrayContaining(['resource.active', 'agreement.accepted', 'resource.down', 'resource.moved']),
      );
    });
    expect(hooks.types().indexOf('resource.down')).toBeLessThan(hooks.types().indexOf('resource.moved'));
    expect(hooks.refused).toBe(0);
    const down = hooks.events.find((event) => event.type === 'resource.down');
    expect(down!.subject).toBe(`/compute/${victim!.id}`);
    expect(down!.at - died).toBeGreaterThan(0);
  });

  it('tells of a violated guarantee with the measurements that prove it, and of its recovery', async () => {
    const receiver = await WebhookReceiver.start(webhookSecret);
    const cfp = await accepted(
      shop({
        name: 'watched',
        guarantees: '  - { term: availability, of: db, at_least: 99 %, over: 20 s }',
        reactions: '  - { on: resource.down, of: db, do: replace }\n  - { on: sla.violated, term: availability, do: notify }',
        hooks: { url: receiver.url, secret: webhookSecret, events: ['sla.recovered'] },
      }),
    );
    await client.cfpReaches(cfp, 'fulfilled');
    const agreement = await client.agreementOf(cfp);
    await eventually(async () => {
      const terms = (await client.agreementOf(cfp)).attributes['agency.agreement.terms'] as readonly { state: string }[];
      expect(terms[0]).toMatchObject({ term: 'availability', of: 'db', state: 'fulfilled' });
    });
    const db = (await client.computesOf(cfp)).find((compute) => compute.attributes['agency.item'] === 'db');
    await testbed.die(String(db!.attributes['agency.address']));

    await eventually(async () => {
      expect(await Promise.resolve(receiver.types())).toEqual(['sla.violated', 'sla.recovered']);
    }, 60_000);
    const violation = (await client.list('/violation/')).find(
      (one) => one.attributes['agency.violation.agreement'] === agreement.id,
    );
    expect(violation!.attributes).toMatchObject({
      'agency.violation.term': 'availability',
      'agency.violation.closed': expect.any(String) as string,
    });
    const samples = violation!.attributes['agency.violation.samples'] as readonly { ok: boolean }[];
    expect(samples.some((sample) => !sample.ok)).toBe(true);
    await receiver.stop();
  }, 90_000);

  it('that nobody can meet is refused, and says of each item what each constraint excludes', async () => {
    const cfp = await client.submit(shop({ name: 'impossible' }).replace('">= 16 GiB"', '">= 900 TiB"'));
    const refused = await client.cfpReaches(cfp, 'refused');
    const explanation = refused.attributes['agency.cfp.explanation'] as {
      items: readonly {
        item: string;
        feasible: number;
        excluded: readonly { constraint: string; excluded: number; nearestMiss?: { found: string } }[];
      }[];
      notes: readonly string[];
    };
    const db = explanation.items.find(({ item }) => item === 'db');
    expect(db!.feasible).toBe(0);
    const memory = db!.excluded.find(({ constraint }) => constraint.startsWith('memory'));
    expect(memory!.excluded).toBeGreaterThan(1_000);
    expect(memory!.nearestMiss!.found).toMatch(/GiB/);
    expect(explanation.notes.join(' ')).toMatch(/db/);
  });

  it.each(['no-capacity', 'quota', 'boot-error', 'server-error', 'rate-limit', 'region-down'])(
    'goes on at the next-best offer when the best vendor fails with %s, and leaves nothing behind there',
    async (fault) => {
      const cfp = await client.submit(shop({ name: `fails-${fault}`, webs: 1 }));
      await client.cfpReaches(cfp, 'proposed');
      const [best] = await client.proposalsOf(cfp);
      const items = best!.attributes['agency.proposal.items'] as readonly { item: string; vendor: string; region: string }[];
      const web = items.find(({ item }) => item === 'web')!;
      await testbed.fault({ cloud: web.vendor, region: web.region, fault });
      await client.act(`/proposal/${best!.id}`, 'accept');
      await client.cfpReaches(cfp, 'fulfilled');
      const computes = await client.computesOf(cfp);
      expect(computes.map((compute) => compute.attributes['occi.compute.state'])).toEqual(['active', 'active']);
      const placed = computes.find((compute) => compute.attributes['agency.item'] === 'web');
      expect([placed!.attributes['agency.vendor'], placed!.attributes['agency.region']]).not.toEqual([web.vendor, web.region]);
      await testbed.clearFaults();
      // A vendor that was not there when its machine was to go is asked again within a minute.
      await eventually(async () => {
        const recorded = (await client.list('/compute/')).map((compute) => compute.attributes['agency.address']);
        const running = (await testbed.machines()).map((machine) => machine.address);
        expect([...running].sort()).toEqual([...recorded].sort());
      }, 80_000);
    },
    150_000,
  );

  it('that cannot be provisioned anywhere leaves nothing standing', async () => {
    const before = (await testbed.machines()).length;
    const cfp = await client.submit(
      shop({ name: 'hopeless', webs: 1, region: '{ vendor: [gandi, rackspace] }' }).replace(
        'architecture: x64, image',
        'architecture: x64, image',
      ),
    );
    const state = (await client.cfpReaches(cfp, 'proposed')).attributes['agency.cfp.state'];
    expect(state).toBe('proposed');
    for (const cloud of ['gandi', 'rackspace']) await testbed.fault({ cloud, fault: 'quota' });
    const [best] = await client.proposalsOf(cfp);
    await client.act(`/proposal/${best!.id}`, 'accept');
    const failed = await client.cfpReaches(cfp, 'failed');
    expect(String(failed.attributes['agency.cfp.state.message'])).toMatch(/quota/);
    expect((await client.agreementOf(cfp)).attributes['occi.agreement.state']).toBe('rejected');
    await eventually(async () => {
      expect((await testbed.machines()).length).toBe(before);
    });
  });
});
