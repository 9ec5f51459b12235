/** The Agency on several processes: two of each share the work, and any of them may die in the middle of it. */
import { shop } from '../e2e/calls.js';
import { type Client, type Entity, eventually } from '../harness/client.js';
import { Cluster } from './cluster.js';

const server = process.env.TEST_DATABASE_URL;
const calls = 4;
/** Each task goes to one of a queue group by chance: with so many more calls both have had some. */
const mostCalls = 30;

(server === undefined ? describe.skip : describe)('with two of each process', () => {
  let cluster: Cluster;
  let one: Client;
  let other: Client;

  beforeAll(async () => {
    cluster = await Cluster.start(server ?? '', ['aws', 'linode', 'vultr']);
    [one, other] = cluster.clients;
    for (const client of cluster.clients)
      await eventually(async () => {
        const states = (await client.list('/vendor/')).map(({ attributes }) => attributes['agency.vendor.offers']);
        expect(states.filter((offers) => Number(offers) > 0)).toHaveLength(3);
      });
  }, 90_000);
  afterAll(async () => {
    await cluster.stop();
  }, 30_000);

  /** Every machine that runs is one that a compute has, and every compute has one. */
  const nothingDoubledOrLost = async (client: Client): Promise<void> => {
    await eventually(async () => {
      const computes = await client.list('/compute/');
      expect(computes.map(({ attributes }) => attributes['occi.compute.state'])).toEqual(computes.map(() => 'active'));
      const running = (await cluster.testbed.machines()).map(({ address }) => address);
      expect([...running].sort()).toEqual(computes.map(({ attributes }) => attributes['agency.address']).sort());
    });
  };

  const replaced = async (client: Client, compute: string, before: unknown): Promise<void> => {
    await eventually(async () => {
      const { attributes } = await client.get(`/compute/${compute}`);
      expect(attributes['agency.address']).not.toBe(before);
      expect(attributes['occi.compute.state']).toBe('active');
    });
  };

  it('both do a part of the work, and either front shows all of it', async () => {
    const submitted = await Promise.all(
      Array.from({ length: calls }, (_, index) =>
        cluster.clients[index % 2]!.submit(shop({ name: `shared-${String(index)}`, webs: 1, accept: 'best' })),
      ),
    );
    await Promise.all(submitted.map((cfp, index) => cluster.clients[(index + 1) % 2]!.cfpReaches(cfp, 'fulfilled')));
    await nothingDoubledOrLost(one);
    const did = (name: string, what: string): number[] => ['1', '2'].map((n) => cluster.member(`${name}-${n}`).did(what));
    const shares = () => ({
      client: did('client', 'A call is worked on'),
      mediator: did('mediator', 'Vendor agents were called'),
      negotiator: did('negotiator', 'A selection was solved'),
    });
    const isShared = (): boolean => Object.values(shares()).every((share) => Math.min(...share) > 0);
    for (let more = 0; more < mostCalls && !isShared(); more += 1)
      await one.cfpReaches(await other.submit(shop({ name: `more-${String(more)}` })), 'proposed');
    expect(isShared()).toBe(true);
    process.stdout.write(
      `Shares of the work: ${JSON.stringify({ ...shares(), 'vendor-agents': did('vendor-agents', 'A placement went on') })}\n`,
    );
  }, 90_000);

  it.each([
    ['client-1', 'open'],
    ['mediator-1', 'open'],
    ['negotiator-1', 'open'],
    ['vendor-agents-1', 'provisioning'],
    ['client-1', 'provisioning'],
  ])(
    'a call goes on when %s dies while it is %s',
    async (victim, moment) => {
      const cfp = await other.submit(shop({ name: `outlives-${victim}-${moment}`, accept: 'best' }));
      if (moment === 'provisioning') await other.cfpReaches(cfp, 'provisioning', 'fulfilled');
      await cluster.member(victim).kill();
      await other.cfpReaches(cfp, 'fulfilled');
      await nothingDoubledOrLost(other);
      await cluster.member(victim).start();
    },
    60_000,
  );

  it.each([
    ['monitor-1', 'dead'],
    ['monitor-2', 'dead'],
    ['monitor-1', 'standing'],
    ['monitor-2', 'standing'],
  ])(
    'a violation is opened once and closed once though %s is %s while it lasts',
    async (victim, fate) => {
      const guarantees = '  - { term: availability, of: web, as: group, min_up: 1, at_least: 97 %, over: 20 s }';
      const cfp = await other.submit(shop({ name: `violated-${victim}-${fate}`, webs: 1, accept: 'best', guarantees }));
      await other.cfpReaches(cfp, 'fulfilled');
      const { id } = await other.agreementOf(cfp);
      const violations = async () =>
        (await other.list('/violation/')).filter(({ attributes }) => attributes['agency.violation.agreement'] === id);
      /** The machine dies; resolves once so many violations have been opened. */
      const violated = async (times: number) => {
        const web = (await other.computesOf(cfp)).find(({ attributes }) => attributes['agency.item'] === 'web');
        await cluster.testbed.die(String(web!.attributes['agency.address']));
        return await eventually(async () => {
          const found = await violations();
          expect(found).toHaveLength(times);
          return found;
        });
      };
      const allClosed = async (opened: readonly Entity[]): Promise<void> => {
        await eventually(async () => {
          const found = await violations();
          expect(found.map(({ id: one }) => one).sort()).toEqual(opened.map(({ id: one }) => one).sort());
          for (const { id: one, attributes } of found) {
            const before = opened.find((violation) => violation.id === one);
            expect(attributes['agency.violation.opened']).toBe(before!.attributes['agency.violation.opened']);
            expect(attributes['agency.violation.closed']).toEqual(expect.any(String));
          }
        }, 75_000);
      };
      const monitor = cluster.member(victim);
      const opened = await violated(1);
      if (fate === 'dead') await monitor.kill();
      else monitor.pause();
      await allClosed(opened);
      if (fate === 'dead') {
        await monitor.start();
        return;
      }
      // It knows nothing of what has been found without it; now it has to go on from there.
      monitor.resume();
      const partner = cluster.member(victim === 'monitor-1' ? 'monitor-2' : 'monitor-1');
      await partner.kill();
      await allClosed(await violated(2));
      await partner.start();
    },
    240_000,
  );

  it.each(['tier-1', 'monitor-1', 'monitor-2'])(
    'a machine that dies is replaced when %s dies with it',
    async (victim) => {
      const [compute] = (await other.list('/compute/')).filter(({ attributes }) => attributes['agency.item'] === 'web');
      const address = compute!.attributes['agency.address'];
      await cluster.testbed.die(String(address));
      await cluster.member(victim).kill();
      await replaced(other, compute!.id, address);
      await nothingDoubledOrLost(other);
      await cluster.member(victim).start();
    },
    60_000,
  );
});
