import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testbed } from '../../apps/vendor-agents/test/testbed.js';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, type Entity } from '../harness/client.js';

interface Said {
  readonly round: number;
  readonly performative: string;
  readonly sender: string;
  readonly receiver: string | undefined;
  readonly standing: string;
  readonly content: {
    readonly counters?: readonly { readonly round: number; readonly asks: readonly object[] }[];
    readonly answer?: { readonly offers: readonly { readonly price: number; readonly list?: number }[] };
    readonly level?: number;
  };
}

/** A negotiation over several rounds between the built Agency and vendors of which one gives way and the others do not. */
describe('a negotiation in rounds', () => {
  let directory: string;
  let testbed: Testbed;
  let agency: AgencyProcess;
  let client: Client;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'agency-negotiation-'));
    testbed = await Testbed.start('linode', 'vultr');
    const accounts = (await testbed.accounts()).map((account) => ({
      ...account,
      tactic: account.name === 'linode' ? { use: 'time-dependent', floor: '40 %', seed: 7 } : { use: 'fixed' },
    }));
    const file = join(directory, 'agency.yaml');
    await writeFile(file, JSON.stringify({ accounts, testbed: 'off' }));
    agency = await AgencyProcess.start({ environment: { AGENCY_CONFIG: file } });
    client = new Client(agency.url);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
    await testbed.stop();
    await rm(directory, { recursive: true });
  });

  const call = (name: string, rounds: number, more = ''): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources:
  web: { kind: compute, require: { cores: ">= 2", memory: ">= 4 GiB", image: debian-12${more} } }
select: { policy: lowest-cost, proposals: 1 }
negotiate: { reply_by: 5 s, rounds: ${rounds} }
`;
  const said = async (cfp: string): Promise<readonly Said[]> => {
    const messages = (await client.list('/message/')).filter(
      ({ attributes }) => attributes['agency.message.conversation'] === cfp,
    );
    return messages.map(({ attributes }) => {
      const of = (name: string): unknown => attributes[`agency.message.${name}`];
      return Object.fromEntries(
        ['round', 'performative', 'sender', 'receiver', 'standing', 'content'].map((name) => [name, of(name)]),
      ) as unknown as Said;
    });
  };
  const best = async (cfp: string): Promise<{ vendor: string; price: number }> => {
    const [proposal] = await client.proposalsOf(cfp);
    const [item] = (proposal as Entity).attributes['agency.proposal.items'] as readonly { vendor: string; price: number }[];
    return item as { vendor: string; price: number };
  };

  it('takes the list prices of one round; in more, the one that would lose comes down, is told why and wins', async () => {
    const once = await client.submit(call('once', 1));
    await client.cfpReaches(once, 'proposed');
    const listed = await best(once);
    expect(listed.vendor).toBe('vultr');

    const thrice = await client.submit(call('thrice', 3));
    const cfp = await client.cfpReaches(thrice, 'proposed');
    const won = await best(thrice);
    expect(won.vendor).toBe('linode');
    expect(won.price).toBeLessThan(listed.price);

    const messages = await said(thrice);
    expect(messages.every(({ standing }) => standing === 'used')).toBe(true);
    const [first, ...later] = messages.filter(({ performative }) => performative === 'cfp');
    expect([first?.round, first?.receiver]).toEqual([1, undefined]);
    expect(later.map(({ receiver }) => receiver)).toContain('linode');
    // What each is told is its own gap in words, and nothing of the others.
    for (const { content } of later)
      for (const { asks } of content.counters ?? [])
        for (const ask of asks) expect(Object.keys(ask).sort()).toEqual(['attribute', 'gap', 'item']);
    expect(JSON.stringify(later.filter(({ receiver }) => receiver === 'linode'))).not.toContain('vultr');
    const proposed = messages.filter(({ sender, performative }) => sender === 'linode' && performative === 'propose');
    // Its offers are told once; after that only how far their prices have come down.
    expect(proposed[0]?.content.answer?.offers.map(({ price }) => price)).toContain(await listPrice());
    const levels = proposed.slice(1).map(({ content }) => content.level ?? NaN);
    expect(levels).toEqual(levels.map((level) => Math.min(level, 0.999)).sort((a, b) => b - a));
    expect(levels.length).toBeGreaterThan(0);
    expect(won.price).toBeCloseTo((await listPrice()) * (levels.at(-1) ?? NaN), 8);
    expect(cfp.links).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: expect.stringMatching(/message_link$/) as string })]),
    );
    expect(cfp.attributes['agency.cfp.round']).toBeGreaterThan(1);
  }, 60_000);

  it('buys at the price that was agreed, below the list price', async () => {
    const cfp = await client.submit(call('bought', 3).replace('rounds: 3', 'rounds: 3, accept: best'));
    await client.cfpReaches(cfp, 'fulfilled');
    const [compute] = await client.computesOf(cfp);
    expect(compute?.attributes['agency.vendor']).toBe('linode');
    expect(compute?.attributes['agency.price']).toBe((await best(cfp)).price);
    const performatives = (await said(cfp)).map(({ performative }) => performative);
    expect(performatives).toEqual(expect.arrayContaining(['cfp', 'propose', 'accept-proposal', 'inform']));
  }, 60_000);

  it('tells what the client pays at most where the client says so, and finds a way for what nobody could meet at first', async () => {
    const most = 0.5 * (await listPrice());
    const cfp = await client.submit(
      call('bounded', 4, `, max_price: ${most} USD/h`).replace('rounds: 4', 'rounds: 4, publish_reservation: true'),
    );
    await client.cfpReaches(cfp, 'proposed');
    expect((await best(cfp)).price).toBeLessThanOrEqual(most);
    const asks = (await said(cfp)).flatMap(({ content }) => content.counters?.flatMap((counter) => counter.asks) ?? []);
    expect(asks).toContainEqual({ item: 'web', attribute: 'price', reservation: most });
  }, 60_000);

  /** Of the cheapest machine that linode sells for such a call. */
  async function listPrice(): Promise<number> {
    const [answer] = (await said(await firstCall()))
      .filter(({ sender }) => sender === 'linode')
      .flatMap(({ content }) => content.answer ?? []);
    return Math.min(...(answer?.offers ?? []).map(({ price, list }) => list ?? price));
  }
  async function firstCall(): Promise<string> {
    const cfp = (await client.list('/cfp/')).find(({ attributes }) => attributes['agency.cfp.name'] === 'thrice');
    return cfp?.id ?? '';
  }
});
