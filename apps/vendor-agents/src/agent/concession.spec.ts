import type { CfpMessage, CfpReply } from '@cloud-agency/bus';
import { createLog, randomIds, systemClock } from '@cloud-agency/runtime';
import { type Counter, type Offer, OfferTable, type OfferRow, parseCall } from '@cloud-agency/sla';
import { Answering } from './answering.js';
import { Concession } from './concession.js';

const row = (region: string, instanceType: string, price: number, rest: Partial<OfferRow> = {}): OfferRow => ({
  agent: 'alpha',
  vendor: 'alpha',
  region,
  zones: ['a'],
  instanceType,
  price,
  market: 'on-demand',
  city: null,
  country: 'FR',
  continent: 'EU',
  cores: 2,
  memory: 4,
  disk: null,
  gpu: null,
  architecture: 'x64',
  availability: null,
  carbon: null,
  ...rest,
});
const table = OfferTable.build([
  row('lyon', 'small', 0.1),
  row('lyon', 'large', 0.2, { cores: 4 }),
  row('paris', 'small', 0.11),
  row('paris', 'small', 0.04, { market: 'spot' }),
]);

const conceding = (tactic: unknown, free: number | null = null): Concession =>
  new Concession({ agent: 'alpha', tactic, providesImage: () => true, free: () => Promise.resolve(() => free) });

const cfp = (require: string, change: Partial<CfpMessage> = {}): CfpMessage => ({
  id: 'm1',
  conversation: 'c1',
  sender: 'mediator',
  sequence: 1,
  sentAt: new Date().toISOString(),
  performative: 'cfp',
  round: 1,
  replyBy: new Date(Date.now() + 5_000).toISOString(),
  demand: parseCall(
    `apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: test\nresources: { web: { kind: compute, count: 2, require: ${require} } }\n`,
  ).call.demand,
  excludedOffers: [],
  ...change,
});
/** In the round after these counter-offers. */
const told = (...asks: Counter['asks'][]): Pick<CfpMessage, 'round' | 'rounds' | 'counters'> => ({
  round: asks.length + 1,
  rounds: 3,
  counters: asks.map((each, index) => ({ round: index + 1, asks: each })),
});
const far = [{ item: 'web', attribute: 'price', gap: 'far' }] as const;

function answeringWith(concession: Concession, offers = () => table): Answering {
  return new Answering({
    agent: 'alpha',
    table: offers,
    loaded: Promise.resolve(),
    staleSince: () => undefined,
    problem: () => '',
    providesImage: () => true,
    discounts: [],
    concession,
    quotas: () => Promise.resolve([]),
    clock: systemClock,
    ids: randomIds,
    log: createLog('test', 'silent'),
  });
}

async function answered(concession: Concession, message: CfpMessage): Promise<readonly CfpReply[]> {
  return await answeringWith(concession).reply(message);
}

async function offered(concession: Concession, message: CfpMessage): Promise<readonly Pick<Offer, 'id' | 'price' | 'list'>[]> {
  const replies = await answered(concession, message);
  return replies
    .flatMap((reply) => (reply.performative === 'propose' && 'answer' in reply ? reply.answer.offers : []))
    .map(({ id, price, list }) => ({ id, price, ...(list === undefined ? {} : { list }) }));
}

const [lyon, paris] = ['alpha/lyon/a/small/on-demand', 'alpha/paris/a/small/on-demand'];

it('without a tactic every round is answered at list prices', async () => {
  expect(await offered(conceding(undefined), cfp('{}', told(far, far)))).toEqual([
    { id: lyon, price: 0.1 },
    { id: paris, price: 0.11 },
  ]);
});

it('offers tell what they were conceded from, round by round', async () => {
  const concession = conceding({ use: 'time-dependent', floor: '80 %' });
  const first = await offered(concession, cfp('{}', { rounds: 3 }));
  const second = await offered(concession, cfp('{}', told(far)));
  const last = await offered(concession, cfp('{}', told(far, far)));
  expect([first[0], second[0], last[0]]).toEqual([
    { id: lyon, price: 0.1 },
    { id: lyon, price: 0.09, list: 0.1 },
    { id: lyon, price: 0.08, list: 0.1 },
  ]);
});

it('goes on where another instance of the agent left off: what it was told comes with the call', async () => {
  const tactic = { use: 'behaviour-dependent', step: '8 %', floor: '70 %', vary: '50 %', seed: 3 };
  const third = cfp('{}', told(far, [{ item: 'web', attribute: 'price', gap: 'near' }]));
  const one = conceding(tactic);
  await offered(one, cfp('{}', told(far)));
  const elsewhere = await offered(conceding(tactic), third);
  expect(elsewhere).toEqual(await offered(one, third));
  expect(elsewhere.map(({ price, list }) => price < (list ?? price))).toEqual([true, true]);
});

it('holds a call to what it may pay at conceded prices', async () => {
  const concession = conceding({ use: 'volume', tiers: [{ from: 2, off: '10 %' }] });
  expect(await offered(concession, cfp('{ max_price: 0.095 USD/h }'))).toEqual([{ id: lyon, price: 0.09, list: 0.1 }]);
  const [refusal] = await answered(conceding(undefined), cfp('{ max_price: 0.095 USD/h }'));
  expect(refusal).toMatchObject({ performative: 'refuse', reason: 'no-feasible-offer' });
});

it('goes down to what the client publishes that it pays, counted from the cheapest that would do but for its price', async () => {
  const concession = conceding({ use: 'behaviour-dependent', floor: '70 %' });
  const publishing = (most: number) =>
    cfp(`{ cores: ">= 4", max_price: ${most} USD/h }`, told([{ item: 'web', attribute: 'price', reservation: most }]));
  expect(await offered(concession, publishing(0.15))).toEqual([{ id: 'alpha/lyon/a/large/on-demand', price: 0.15, list: 0.2 }]);
  expect(await offered(concession, publishing(0.1))).toEqual([]);
});

it('concedes by market and by how much is free', async () => {
  const tactic = [
    { use: 'capacity-aware', floor: '80 %', markets: ['on-demand'] },
    { use: 'spot', floor: '50 %', step: '25 %' },
  ];
  expect(await offered(conceding(tactic, 0.5), cfp('{ market: any, region: { region: paris } }', told(far)))).toEqual([
    { id: paris, price: 0.099, list: 0.11 },
    { id: 'alpha/paris/a/small/spot', price: 0.03, list: 0.04 },
  ]);
});

it('makes each set of prices once, while its offers stay the same', async () => {
  const concession = conceding({ use: 'time-dependent', floor: '80 %' });
  const second = (conversation: string) => cfp('{}', { conversation, ...told(far) });
  const offers = async (message: CfpMessage, of: OfferTable) => concession.at(await concession.levels(message, of), of);
  const made = await offers(second('c1'), table);
  expect(await offers(second('c2'), table)).toBe(made);
  expect(await offers(cfp('{}', { rounds: 3 }), table)).toBe(table);
  const next = table.changed({ prices: [{ region: 'lyon', instanceType: 'small', market: 'on-demand', price: 0.12 }] });
  expect(await offers(second('c1'), next)).not.toBe(made);
});

describe('an agent whose caller holds its proposal', () => {
  const tactic = { use: 'time-dependent', floor: '80 %' };

  /** The first round's whole proposal, and what is said in the second to a caller that holds it. */
  async function twoRounds(answering: Answering, require = '{}', change: Partial<CfpMessage> = {}) {
    const [first] = await answering.reply(cfp(require, { rounds: 3 }));
    const [second] = await answering.reply(cfp(require, { ...told(far), holds: first?.id ?? '', ...change }));
    return { first, second };
  }

  it('tells how much its prices have come down, and no more', async () => {
    const { first, second } = await twoRounds(answeringWith(conceding(tactic)));
    expect(second).toMatchObject({ performative: 'propose', reprices: first?.id, level: 0.9 });
    expect(second).not.toHaveProperty('answer');
  });

  it.each([
    ['its caller holds another', () => twoRounds(answeringWith(conceding(tactic)), '{}', { holds: 'another' })],
    ['the call names a price', () => twoRounds(answeringWith(conceding(tactic)), '{ max_price: 0.105 USD/h }')],
    ['its markets concede differently', () => twoRounds(answeringWith(conceding({ ...tactic, markets: ['spot'] })))],
  ])('proposes in full where %s', async (_why, rounds) => {
    const { second } = await rounds();
    expect(second).toMatchObject({ performative: 'propose', part: { k: 1, n: 1 } });
  });

  it('proposes in full where its offers have changed meanwhile', async () => {
    let current = table;
    const answering = answeringWith(conceding(tactic), () => current);
    const [first] = await answering.reply(cfp('{}', { rounds: 3 }));
    current = table.changed({ prices: [{ region: 'lyon', instanceType: 'small', market: 'on-demand', price: 0.12 }] });
    const [second] = await answering.reply(cfp('{}', { ...told(far), holds: first?.id ?? '' }));
    expect(second).toHaveProperty('answer');
  });
});

it('has never offered anything below its floor', () => {
  const concession = conceding([
    { use: 'time-dependent', floor: '85 %', markets: ['on-demand'] },
    { use: 'spot', floor: '50 %' },
  ]);
  const lowest = (market: 'on-demand' | 'spot') => concession.lowest({ region: 'lyon', market, commitment: 0 });
  expect([lowest('on-demand'), lowest('spot')]).toEqual([0.85, 0.5]);
  expect(conceding(undefined).lowest({ region: 'lyon', market: 'on-demand', commitment: 0 })).toBe(1);
});
