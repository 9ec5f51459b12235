/**
 * The SLA functions without the Agency: a hoster that takes signed offers by a policy of its own, keeps the agreements, lets them fall back to a
 * lesser level, and settles a month. Nothing here opens a port or a file.
 *
 *   npm run build && node examples/embedded-sla/main.mjs
 */
import {
  accepting,
  AgreementGateway,
  atLeast,
  canonicalJson,
  concludedText,
  firstThatDecides,
  levelAfter,
  MemoryAgreementStore,
  monthOf,
  refusingUnless,
  settle,
  totalOf,
} from '@cloud-agency/sla';
import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';

const hour = 3_600_000;

// Who signs, and how, is the application's: here everybody has an Ed25519 key.
const keys = new Map(['hoster', 'shop'].map((party) => [party, generateKeyPairSync('ed25519')]));
const signedBy = (party, text) => sign(null, Buffer.from(text), keys.get(party).privateKey).toString('base64');
const isSignedBy = (party, text, value) =>
  keys.has(party) && verify(null, Buffer.from(text), keys.get(party).publicKey, Buffer.from(value, 'base64'));

// So is the clock: this one is told the time, and a month passes at once.
let now = Date.UTC(2026, 2, 1);

const store = new MemoryAgreementStore();
const gateway = new AgreementGateway({
  store,
  responder: 'hoster',
  clock: { now: () => now },
  ids: { next: randomUUID },
  signer: { sign: (text) => signedBy('hoster', text), verify: isSignedBy },
  policy: firstThatDecides(
    refusingUnless(
      ({ guarantees }) => guarantees.every(({ term }) => term === 'availability'),
      'only availability is measured here',
    ),
    atLeast(70),
    accepting,
  ),
});

const availability = (share, worth = {}) => ({
  term: 'availability',
  of: 'web',
  scope: { as: 'each' },
  atLeast: share,
  over: 24 * hour,
  ...worth,
});
const offer = {
  name: 'web',
  initiator: 'shop',
  responder: 'hoster',
  services: { web: { cores: 2, memory: '4 GiB' } },
  price: 50,
  guarantees: [availability(0.999, { penalty: { credit: 0.1, of: 'charge', per: 'violation', cap: 0.5 } })],
  fallback: { name: 'reduced', after: { times: 3, per: 24 * hour }, backAfter: 12 * hour, guarantees: [availability(0.95)] },
};
const submit = (one) => gateway.submit(one, signedBy(one.initiator, canonicalJson(one)));

// 50 USD are too few: the hoster counters, and the shop takes that.
const first = await submit(offer);
console.log(`${first.outcome}: ${first.reason}`);
const { agreement } = await submit(first.offer);
const [, signature] = agreement.signatures;
console.log(
  `agreed at ${agreement.offer.price} USD a month, signed: ${isSignedBy('hoster', concludedText(agreement), signature.value)}`,
);

// Whoever measures says what was violated, and when. Three times within a day is too often.
const violations = [10, 14, 20].map((hours, index) => ({
  id: `v${index + 1}`,
  guarantee: 0,
  resource: 'web-1',
  from: now + hours * hour,
  until: now + (hours + 1) * hour,
}));
const agreed = { level: 'agreed', since: now };
const fallen = levelAfter(agreement.offer, agreed, violations, now + 20 * hour);
console.log(`after three violations: ${fallen.level}`);
const restored = levelAfter(agreement.offer, fallen, violations, now + 40 * hour);
console.log(`after a quiet half day: ${restored.level}`);
await store.save({ ...agreement, levels: [fallen, restored] });

// The month is over: 744 hours at 0.10 USD, and a tenth of it back for each violation.
const month = monthOf(now);
const charges = [{ resource: 'web-1', item: 'web', price: 0.1, from: now, until: null }];
now = month.until;
const entries = settle({ guarantees: agreement.offer.guarantees, violations, charges, kept: [] }, month, now);
for (const { violation, amount } of entries) console.log(`${violation}: ${amount} USD`);
console.log(`credited for ${month.name}: ${totalOf(entries, 'penalty')} USD`);

await gateway.act(agreement.id, 'terminate');
console.log(`ended: ${(await store.get(agreement.id)).state}`);
