import {
  type AgreementLife,
  actionsIn,
  agreementActions,
  agreementStates,
  AgreementGateway,
  type AgreementOffer,
  atLeast,
  accepting,
  canonicalJson,
  concludedText,
  firstThatDecides,
  type Guarantee,
  guaranteesAt,
  heldDuring,
  isInForce,
  levelAfter,
  backAt,
  MemoryAgreementStore,
  parseCall,
  type Signer,
  transition,
  withinBudget,
  withValidity,
} from '@cloud-agency/sla';
import fc from 'fast-check';

const hour = 3_600_000;
const pending: AgreementLife = {
  state: 'pending',
  agreedAt: null,
  effectiveFrom: null,
  effectiveUntil: null,
  suspensions: [],
};

describe('the life of an agreement', () => {
  it('goes from state to state as OCCI says, and nowhere else', () => {
    expect(Object.fromEntries(agreementStates.map((state) => [state, actionsIn(state)]))).toEqual({
      pending: ['accept', 'reject'],
      accepted: ['suspend', 'terminate'],
      suspended: ['resume', 'terminate'],
      rejected: [],
      terminated: [],
    });
    expect(() => transition(pending, 'suspend', 1)).toThrow(/is pending: 'suspend' is not possible now, accept or reject is/);
    expect(() => transition({ ...pending, state: 'rejected' }, 'accept', 1)).toThrow(/nothing is/);
  });

  it('keeps when it was agreed, when it held, and each time it was suspended', () => {
    const accepted = transition(pending, 'accept', 100);
    expect(accepted).toMatchObject({ agreedAt: 100, effectiveFrom: 100, effectiveUntil: null });
    const suspended = transition(accepted, 'suspend', 200);
    const resumed = transition(suspended, 'resume', 300);
    expect(resumed.suspensions).toEqual([{ from: 200, until: 300 }]);
    const ended = transition(transition(resumed, 'suspend', 400), 'terminate', 500);
    expect(ended).toMatchObject({
      state: 'terminated',
      effectiveUntil: 500,
      suspensions: [
        { from: 200, until: 300 },
        { from: 400, until: 500 },
      ],
    });
  });

  it('is in force from effectiveFrom until effectiveUntil, unless it is suspended', () => {
    const bounded = transition(withValidity(pending, { effectiveFrom: 200, effectiveUntil: 400 }, 50), 'accept', 100);
    expect([100, 200, 399, 400].map((now) => isInForce(bounded, now))).toEqual([false, true, true, false]);
    expect(isInForce(transition(bounded, 'suspend', 300), 301)).toBe(false);
  });

  it.each([
    [{ effectiveUntil: 90 }, /is past: name a later instant, or terminate/],
    [{ effectiveFrom: 300, effectiveUntil: 200 }, /is not after effectiveFrom/],
    [{ effectiveFrom: 50 }, /nothing can be assessed in hindsight/],
  ])('refuses %j', (change, why) => {
    expect(() => withValidity(pending, change, 100)).toThrow(why);
  });

  it('cannot begin again, nor last longer once it has ended', () => {
    const accepted = transition(pending, 'accept', 100);
    expect(() => withValidity(accepted, { effectiveFrom: 900 }, 200)).toThrow(/holds since .* suspend it/);
    expect(() => withValidity(transition(accepted, 'terminate', 200), { effectiveUntil: 900 }, 300)).toThrow(/is terminated/);
    expect(withValidity(withValidity(accepted, { effectiveUntil: 900 }, 200), { effectiveUntil: null }, 300)).toEqual(accepted);
  });

  it('never has two suspensions at once, nor one open while it is accepted, whatever is tried', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...agreementActions), { maxLength: 30 }), (actions) => {
        let life = pending;
        for (const [now, action] of actions.entries())
          if (actionsIn(life.state).includes(action)) life = transition(life, action, now);
        const open = life.suspensions.filter(({ until }) => until === null);
        expect(open).toHaveLength(life.state === 'suspended' ? 1 : 0);
        for (const [place, { from }] of life.suspensions.entries())
          expect(from).toBeGreaterThanOrEqual(life.suspensions[place - 1]?.until ?? 0);
      }),
    );
  });
});

const watched = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute, count: 2 }, db: { kind: compute } }
probes: [{ of: web, http: 'http://{address}/' }, { of: db, http: 'http://{address}/' }]
guarantees:
  - { term: availability, of: web, at_least: 99.9 %, over: 30 d }
  - { term: availability, of: db, at_least: 99.5 %, over: 30 d }
levels:
  - { name: reduced, after: 3 per 1 h, back_after: 2 h, guarantees: [{ term: availability, of: web, at_least: 95 %, over: 1 d }] }
`;

describe('service levels', () => {
  const promises = parseCall(watched).call;
  const agreed = { level: 'agreed', since: 0 };
  const closed = (...instants: number[]) => instants.map((from) => ({ from, until: from + 1000 }));

  it('stand in for the guarantees of the same term and item', () => {
    expect(guaranteesAt(promises, 'agreed').map(({ index }) => index)).toEqual([0, 1]);
    expect(guaranteesAt(promises, 'reduced').map(({ index, level }) => [index, level])).toEqual([
      [1, 'agreed'],
      [2, 'reduced'],
    ]);
  });

  it('fall after so many violations in the period, and not after as many over a longer time', () => {
    expect(levelAfter(promises, agreed, closed(hour, 1.2 * hour, 1.9 * hour), 2 * hour - 1)).toEqual({
      level: 'reduced',
      since: 2 * hour - 1,
    });
    expect(levelAfter(promises, agreed, closed(hour, 1.2 * hour, 2.1 * hour), 2.1 * hour)).toBe(agreed);
  });

  it('rise again after the time without a violation, not while one is open, and then count anew', () => {
    const reduced = { level: 'reduced', since: 10 * hour };
    const late = [{ from: 11 * hour, until: null }];
    expect(backAt(promises, reduced, late)).toBeUndefined();
    expect(levelAfter(promises, reduced, late, 20 * hour)).toBe(reduced);
    const over = [{ from: 11 * hour, until: 12 * hour }];
    expect(backAt(promises, reduced, over)).toBe(14 * hour);
    const restored = levelAfter(promises, reduced, over, 14 * hour);
    expect(restored).toEqual({ level: 'agreed', since: 14 * hour });
    expect(levelAfter(promises, restored, closed(13.8 * hour, 13.9 * hour, 14.1 * hour), 14.2 * hour)).toBe(restored);
  });

  it('say when each guarantee held', () => {
    const history = [
      { level: 'reduced', since: 10 },
      { level: 'agreed', since: 20 },
    ];
    expect(heldDuring(promises, history, 0)).toEqual([
      { from: -Infinity, until: 10 },
      { from: 20, until: null },
    ]);
    expect(heldDuring(promises, history, 1)).toEqual([{ from: -Infinity, until: null }]);
    expect(heldDuring(promises, history, 2)).toEqual([{ from: 10, until: 20 }]);
  });
});

describe('an embedded gateway', () => {
  const sign = (party: string, text: string): string => `${party}:${String(text.length)}:${text.slice(0, 40)}`;
  const signer: Signer = {
    sign: (text) => sign('provider', text),
    verify: (party, text, value) => value === sign(party, text),
  };
  const guarantee: Guarantee = { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.99, over: hour };
  const offer: AgreementOffer = {
    name: 'shop',
    initiator: 'shop',
    responder: 'provider',
    services: { web: { cores: 2 } },
    price: 50,
    guarantees: [guarantee],
  };
  let now = 0;
  const gateway = () => {
    const store = new MemoryAgreementStore();
    let next = 0;
    const policy = firstThatDecides(withinBudget(100), atLeast(40), ({ name }) =>
      name === 'odd' ? undefined : accepting(offer, now),
    );
    const parts = { store, policy, signer, clock: { now: () => now }, ids: { next: () => `a-${String((next += 1))}` } };
    return { store, gateway: new AgreementGateway({ ...parts, responder: 'provider' }) };
  };
  const submitted = (one: AgreementOffer) => gateway().gateway.submit(one, sign(one.initiator, canonicalJson(one)));

  it('accepts what its policy accepts: signed by both, stored, and alive', async () => {
    now = 1000;
    const { store, gateway: open } = gateway();
    const outcome = await open.submit(offer, sign('shop', canonicalJson(offer)));
    if (outcome.outcome !== 'agreed') throw new Error(outcome.reason);
    const { agreement } = outcome;
    expect(agreement).toMatchObject({ state: 'accepted', agreedAt: 1000, effectiveFrom: 1000, version: 1 });
    const [, own] = agreement.signatures;
    expect(await signer.verify('provider', concludedText(agreement), own!.value)).toBe(true);
    const suspended = await open.act(agreement.id, 'suspend');
    expect(await store.get(agreement.id)).toEqual(suspended);
    await expect(open.act(agreement.id, 'suspend')).rejects.toThrow(/is suspended/);
    await expect(open.act('gone', 'suspend')).rejects.toThrow(/does not exist/);
  });

  it('refuses, counters, and refuses what no policy decides on', async () => {
    expect(await submitted({ ...offer, price: 200 })).toEqual({
      outcome: 'refused',
      reason: 'it costs more than 100 USD a month',
    });
    const countered = await submitted({ ...offer, price: 10 });
    expect(countered).toMatchObject({ outcome: 'countered', offer: { price: 40 } });
    if (countered.outcome === 'countered') expect((await submitted(countered.offer)).outcome).toBe('agreed');
    expect(await submitted({ ...offer, name: 'odd' })).toMatchObject({ outcome: 'refused' });
    expect(await submitted({ ...offer, responder: 'another' })).toMatchObject({ outcome: 'refused' });
  });

  it('takes no offer that its initiator has not signed as it is', async () => {
    const signature = sign('shop', canonicalJson({ ...offer, services: {} }));
    await expect(gateway().gateway.submit(offer, signature)).rejects.toThrow(/not that of shop/);
  });

  it('overwrites no change unseen', async () => {
    const { store, gateway: open } = gateway();
    const outcome = await open.submit(offer, sign('shop', canonicalJson(offer)));
    if (outcome.outcome !== 'agreed') throw new Error(outcome.reason);
    await open.act(outcome.agreement.id, 'suspend');
    await expect(store.save({ ...outcome.agreement, state: 'terminated' })).rejects.toThrow(/version 2, not 1/);
  });

  it('writes one text for one value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
