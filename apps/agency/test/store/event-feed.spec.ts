import { type AgencyEvent, EventFeed, type Following } from '../../src/store/event-feed.js';
import { EventKeeper } from '../../src/store/event-keeper.js';
import { WebhookWorld } from '../webhooks/webhook-world.js';

let world: WebhookWorld;
beforeEach(async () => {
  world = await WebhookWorld.open();
});
afterEach(async () => {
  await world.close();
});

const everything: Following = { tenant: 'a', cfp: null, agreement: null, resource: null, types: null };
const numberOf = ({ data }: AgencyEvent): number => (data as { number: number }).number;

/** Takes events until there are so many, giving others their turn in between. */
async function taken(feed: EventFeed, after: number, count: number, following: Partial<Following> = {}): Promise<number[]> {
  const end = new AbortController();
  const seen: number[] = [];
  for await (const event of feed.since(after, { ...everything, ...following }, end.signal)) {
    seen.push(numberOf(event));
    if (seen.length === count) end.abort();
  }
  return seen;
}

describe('the feed of events', () => {
  it('gives each of many followers everything once and in order, whenever they come and however slow they are', async () => {
    const feed = new EventFeed(world.store);
    const total = 1_500;
    for (let count = 0; count < 300; count += 1) await world.happens('/compute/early');
    const all = Array.from({ length: total }, (_, index) => index + 1);
    const early = Array.from({ length: 100 }, () => taken(feed, 0, total));
    const end = new AbortController();
    const slow = feed.since(0, everything, end.signal)[Symbol.asyncIterator]();
    const first = await slow.next();
    await Promise.all(Array.from({ length: 600 }, () => world.happens('/compute/more')));
    const late = Array.from({ length: 100 }, () => taken(feed, 500, total - 500));
    await Promise.all(Array.from({ length: 600 }, () => world.happens('/compute/more')));
    for (const seen of await Promise.all(early)) expect(seen).toEqual(all);
    for (const seen of await Promise.all(late)) expect(seen).toEqual(all.slice(500));
    const seen = [numberOf(first.value as AgencyEvent)];
    while (seen.length < total) seen.push(numberOf((await slow.next()).value as AgencyEvent));
    expect(seen).toEqual(all);
    await slow.return?.();
  });

  it('gives what is asked for alone, old and new', async () => {
    const feed = new EventFeed(world.store);
    const make = async (): Promise<void> => {
      await world.happens('/compute/one', 'resource.down');
      await world.happens('/compute/two', 'resource.down');
      await world.happens('/agreement/x', 'sla.violated', { resource: 'one' });
      await world.happens('/compute/one', 'sla.recovered');
    };
    await make();
    const both = Promise.all([
      taken(feed, 0, 4, { types: ['sla.*'] }),
      taken(feed, 0, 6, { resource: 'one' }),
      taken(feed, 0, 2, { resource: 'one', types: ['resource.down'] }),
    ]);
    await make();
    expect(await both).toEqual([
      [3, 4, 7, 8],
      [1, 3, 4, 5, 7, 8],
      [1, 5],
    ]);
    const stranger = new AbortController();
    const nothing = feed.since(0, { ...everything, tenant: 'b' }, stranger.signal);
    const next = nothing[Symbol.asyncIterator]().next();
    await world.until(() => nothing.position() === 8);
    stranger.abort();
    expect((await next).done).toBe(true);
  });

  it('finds the event before a time', async () => {
    const feed = new EventFeed(world.store);
    const times: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      times.push(world.clock.now());
      await world.happens('/compute/c');
      if (count % 3 === 0) world.clock.moveOn(1_000);
    }
    for (const at of times) expect(await feed.numberBefore(at)).toBe(times.filter((time) => time < at).length);
    expect(await feed.numberBefore(world.clock.now() + 1)).toBe(20);
  });

  it('says up to where events are gone; what is still to be posted stays, and dead letters for as long', async () => {
    const receiver = await world.receiver();
    const webhook = await world.subscribe(receiver.url);
    for (let count = 0; count < 10; count += 1) await world.happens('/compute/c');
    await world.store.tables.deleteFrom('delivery').where('event', '<>', 2).execute();
    const keeper = new EventKeeper(world.store, { clock: world.clock, log: console as never }, { forMs: 3_600_000, most: 4 });
    const feed = new EventFeed(world.store);
    const ids = async () =>
      (await world.store.tables.selectFrom('event').select('id').orderBy('id').execute()).map(({ id }) => id);
    await keeper.prune();
    expect(await feed.known()).toEqual({ horizon: 6, newest: 10 });
    expect(await ids()).toEqual([2, 7, 8, 9, 10]);
    world.clock.moveOn(2 * 3_600_000);
    await world.store.tables.updateTable('delivery').set({ state: 'dead' }).execute();
    await keeper.prune();
    expect(await feed.known()).toEqual({ horizon: 10, newest: 10 });
    expect(await ids()).toEqual([]);
    expect(await world.deliveries(webhook)).toEqual([]);
    await keeper.stop();
  });
});
