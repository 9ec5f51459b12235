import { Webhook } from 'standardwebhooks';
import { newSecret } from '../../src/webhooks/webhook-desk.js';
import { type Posted, type Receiver, WebhookWorld } from './webhook-world.js';

let world: WebhookWorld;
let receiver: Receiver;
beforeEach(async () => {
  world = await WebhookWorld.open();
  receiver = await world.receiver();
});
afterEach(async () => {
  await world.close();
});

const hourMs = 3_600_000;
const verified = (secret: string, { body, headers }: Posted): boolean => {
  const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
  const signature = new Webhook(secret).sign(String(headers['webhook-id']), at, body);
  return String(headers['webhook-signature']).split(' ').includes(signature);
};

describe('a webhook', () => {
  it('is told what happens to each entity in order, whatever is refused of another', async () => {
    let isStuck = true;
    receiver.answer = ({ subject }) => ({ status: isStuck && subject === '/compute/stuck' ? 500 : 204 });
    world.deliver();
    const webhook = await world.subscribe(receiver.url);
    const stuck = [await world.happens('/compute/stuck'), await world.happens('/compute/stuck')];
    const free = [await world.happens('/compute/free'), await world.happens('/compute/free')];
    await world.until(() => receiver.about('/compute/free').length === 2);
    stuck.push(await world.happens('/compute/stuck'));
    free.push(await world.happens('/compute/free'));
    await world.until(() => receiver.about('/compute/free').length === 3 && receiver.about('/compute/stuck').length > 2);
    expect(receiver.about('/compute/free')).toEqual(free);
    expect(new Set(receiver.about('/compute/stuck'))).toEqual(new Set([stuck[0]]));
    expect(await world.row(webhook)).toMatchObject({ state: 'failing', reason: 'the receiver answered 500', retrying: 1 });

    isStuck = false;
    await world.until(() => receiver.about('/compute/stuck').includes(stuck[2]!), 5_000);
    expect([...new Set(receiver.about('/compute/stuck'))]).toEqual(stuck);
    await world.until(async () => (await world.deliveries(webhook)).length === 0);
    expect(await world.row(webhook)).toMatchObject({ state: 'active', reason: '', failures: 0, retrying: 0 });
  });

  it('that takes nothing is tried for a day with growing waits, by the same id and new timestamps, and then leaves a dead letter', async () => {
    receiver.answer = () => ({ status: 503 });
    world.deliver();
    const secret = newSecret();
    const webhook = await world.subscribe(receiver.url, secret);
    await world.happens('/compute/c');
    const begun = world.clock.now();
    const tries: number[] = [];
    for (let seen = 0; (await world.deliveries(webhook))[0]?.state === 'waiting'; seen = receiver.posted.length) {
      await world.until(
        async () => receiver.posted.length > seen && (await world.deliveries(webhook))[0]?.attempts === seen + 1,
        500,
      );
      tries.push(world.clock.now() - begun);
      const [delivery] = await world.deliveries(webhook);
      if (delivery?.state === 'waiting') world.clock.moveOn(Math.max(0, delivery.next_at - world.clock.now() - 250));
    }
    expect(tries.length).toBeGreaterThan(10);
    expect(tries.at(-1)).toBeGreaterThanOrEqual(24 * hourMs);
    expect(tries.at(-1)).toBeLessThan(24 * hourMs + 60_000);
    const waits = tries.slice(1).map((at, index) => at - tries[index]!);
    expect(waits.slice(0, 8)).toEqual([...waits.slice(0, 8)].sort((a, b) => a - b));
    expect(new Set(receiver.posted.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const stamps = receiver.posted.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(new Set(stamps).size).toBe(stamps.length);
    expect(receiver.posted.every((posted) => verified(secret, posted))).toBe(true);
    expect(await world.deliveries(webhook)).toMatchObject([{ state: 'dead', message: 'the receiver answered 503' }]);

    receiver.answer = () => ({ status: 204 });
    expect(await world.desk.replay(webhook, 'a', { event: undefined, since: begun })).toBe(1);
    await world.until(async () => (await world.deliveries(webhook)).length === 0);
    expect(receiver.posted.at(-1)?.headers['webhook-id']).toBe(receiver.posted[0]?.headers['webhook-id']);
  });

  it('is given the time that it asks for, within bounds', async () => {
    let asked = '120';
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': asked } });
    world.deliver();
    const webhook = await world.subscribe(receiver.url);
    await world.happens('/compute/c');
    await world.until(async () => (await world.deliveries(webhook))[0]?.attempts === 1);
    const waits = async (): Promise<number> => ((await world.deliveries(webhook))[0]?.next_at ?? 0) - world.clock.now();
    expect(await waits()).toBeGreaterThan(110_000);
    asked = '999999';
    world.clock.moveOn(120_000);
    await world.until(async () => (await world.deliveries(webhook))[0]?.attempts === 2);
    expect(await waits()).toBeGreaterThan(3 * hourMs);
    expect(await waits()).toBeLessThanOrEqual(4 * hourMs);
  });

  it('that is gone is disabled, and what happens meanwhile can be replayed once it is enabled', async () => {
    receiver.answer = () => ({ status: 410 });
    world.deliver();
    const webhook = await world.subscribe(receiver.url);
    const numbers = [await world.happens('/compute/c')];
    await world.until(async () => (await world.row(webhook)).state === 'disabled');
    expect((await world.row(webhook)).reason).toBe('its receiver answered 410 Gone');
    numbers.push(await world.happens('/compute/c'));
    const posts = receiver.posted.length;
    await expect(world.desk.replay(webhook, 'a', { event: undefined, since: undefined })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(world.desk.test(webhook, 'a')).rejects.toThrow(/is disabled: its receiver answered 410 Gone\. Enable it first/);
    expect((await world.deliveries(webhook)).map(({ state }) => state)).toEqual(['dead', 'dead']);

    receiver.answer = () => ({ status: 204 });
    await world.desk.enable(webhook, 'a');
    const [first] = await world.deliveries(webhook);
    expect(await world.desk.replay(webhook, 'a', { event: first?.event, since: undefined })).toBe(1);
    await world.until(async () => (await world.deliveries(webhook)).length === 1);
    expect(await world.desk.replay(webhook, 'a', { event: undefined, since: undefined })).toBe(1);
    await world.until(async () => (await world.deliveries(webhook)).length === 0);
    expect(receiver.posted.slice(posts).map(({ number }) => number)).toEqual(numbers);
    await expect(world.desk.replay(webhook, 'a', { event: 1, since: undefined })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is signed to by the old secret as well until the overlap is over', async () => {
    const old = newSecret();
    world.deliver();
    const webhook = await world.subscribe(receiver.url, old);
    const fresh = await world.desk.rotate(webhook, 'a', { secret: undefined, overlapMs: hourMs });
    await world.happens('/compute/c');
    await world.until(() => receiver.posted.length === 1);
    expect([fresh, old].map((secret) => verified(secret, receiver.posted[0]!))).toEqual([true, true]);
    expect(String(receiver.posted[0]?.headers['webhook-signature']).split(' ')).toHaveLength(2);
    world.clock.moveOn(hourMs);
    await world.happens('/compute/c');
    await world.until(() => receiver.posted.length === 2);
    expect([fresh, old].map((secret) => verified(secret, receiver.posted[1]!))).toEqual([true, false]);
  });

  it('that is slow delays no other, and connections are kept', async () => {
    const slow = await world.receiver();
    slow.answer = () => undefined;
    world.deliver();
    await world.subscribe(slow.url);
    await world.subscribe(receiver.url);
    for (let round = 1; round <= 10; round += 1) {
      for (let entity = 0; entity < 20; entity += 1) await world.happens(`/compute/${entity}`);
      await world.until(() => receiver.posted.length === round * 20);
    }
    expect(slow.posted.length).toBeGreaterThan(0);
    expect(slow.posted.length).toBeLessThanOrEqual(16);
    expect(receiver.connections).toBeLessThanOrEqual(16);
    slow.release();
  });

  it('is posted to again where nobody knows what came of it, by the same id', async () => {
    receiver.answer = () => undefined;
    world.deliver();
    const webhook = await world.subscribe(receiver.url);
    await world.happens('/compute/c');
    await world.until(() => receiver.posted.length === 1);
    await world.stopDelivering();
    expect(await world.deliveries(webhook)).toMatchObject([{ state: 'waiting', attempts: 0 }]);
    receiver.answer = () => ({ status: 204 });
    world.deliver();
    await world.until(async () => (await world.deliveries(webhook)).length === 0);
    expect(receiver.posted.map(({ headers }) => headers['webhook-id'])).toEqual(
      Array(2).fill(receiver.posted[0]?.headers['webhook-id']),
    );
  });

  it('is not led elsewhere, and is not sent more than 64 KiB', async () => {
    const other = await world.receiver();
    receiver.answer = ({ number }) => (number === 1 ? { status: 302, headers: { location: other.url } } : { status: 204 });
    world.deliver();
    const webhook = await world.subscribe(receiver.url);
    await world.happens('/compute/moved');
    await world.happens('/compute/big', 'sla.violated', { samples: 'x'.repeat(100_000) });
    await world.until(() => receiver.posted.length >= 2);
    const big = receiver.posted.find(({ subject }) => subject === '/compute/big');
    expect(JSON.parse(big?.body ?? '')).toMatchObject({ data: { message: 'sla.violated of /compute/big', truncated: true } });
    await world.until(async () => (await world.row(webhook)).state === 'failing');
    expect((await world.row(webhook)).reason).toBe('the receiver answered 302');
    expect(other.posted).toEqual([]);
  });

  it('is tested once, and says how it went', async () => {
    world.deliver();
    const webhook = await world.subscribe(receiver.url);
    const others = await world.receiver();
    await world.subscribe(others.url);
    const result = async () => JSON.parse((await world.row(webhook)).test ?? '{}') as { state?: string; message?: string };
    await world.desk.test(webhook, 'a');
    await world.until(async () => (await result()).state === 'taken');
    receiver.answer = () => ({ status: 401 });
    await world.desk.test(webhook, 'a');
    await world.until(async () => (await result()).state === 'refused');
    expect(await result()).toMatchObject({ message: 'the receiver answered 401' });
    expect(await world.deliveries(webhook)).toEqual([]);
    expect([receiver.posted.length, others.posted.length]).toEqual([2, 0]);
    expect(await world.row(webhook)).toMatchObject({ state: 'active', failures: 0 });
  });

  it('that has taken nothing for five days is disabled', async () => {
    receiver.answer = () => ({ status: 500 });
    world.deliver();
    const webhook = await world.subscribe(receiver.url);
    const begun = world.clock.now();
    while ((await world.row(webhook)).state !== 'disabled') {
      const { failures } = await world.row(webhook);
      await world.happens(`/compute/${failures}`);
      await world.until(async () => (await world.row(webhook)).failures > failures);
      world.clock.moveOn(24 * hourMs);
    }
    expect(world.clock.now() - begun).toBeGreaterThanOrEqual(5 * 24 * hourMs);
    expect(world.clock.now() - begun).toBeLessThan(8 * 24 * hourMs);
    expect((await world.row(webhook)).reason).toBe('it took nothing for 5 days');
  });
});
