import axios from 'axios';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { openWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  world.feed.push({ type: 'cfp.open', cfp: 'one', agreement: null });
  world.feed.push({ type: 'cfp.open', cfp: 'two', agreement: null });
  world.feed.push({ type: 'agreement.accepted', cfp: 'two', agreement: 'a2' });
});
afterAll(async () => {
  await world.front.close();
});

/** Opens a stream; `next` resolves to its next frame, comments left out. */
async function listen(path: string, headers: Record<string, string> = {}, at = world) {
  const { data, headers: received } = await axios.get<Readable>(at.front.url.slice(0, -1) + path, {
    headers,
    responseType: 'stream',
    proxy: false,
  });
  const chunks = data.setEncoding('utf8')[Symbol.asyncIterator]();
  let text = '';
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const frame = text.slice(0, end);
        text = text.slice(end + 2);
        const told = frame.replace(/^:.*\n?/gm, '');
        if (/^(event|data):/m.test(told)) return told;
        continue;
      }
      const chunk = (await chunks.next()) as IteratorResult<string, undefined>;
      if (chunk.done) return undefined;
      text += chunk.value;
    }
  };
  return { next, received, leave: () => data.destroy() };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe('/events', () => {
  it('goes on after the event that the client had last', async () => {
    const { next, received, leave } = await listen('/events', { 'Last-Event-ID': '1' });
    expect(received['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(received.server).toContain('OCCI/1.2');
    expect(await next()).toMatch(/^id: 2\nevent: cfp\.open\ndata: \{.*"cfp":"two".*\}$/);
    expect(await next()).toContain('id: 3');
    leave();
  });

  it('is passed on by proxies as it comes, and not to who cannot read it', async () => {
    const { received, leave } = await listen('/events', { Accept: 'text/event-stream' });
    const wanted = { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' };
    expect(received).toMatchObject(wanted);
    leave();
    const head = await world.http.head('/events', { headers: { Accept: '*/*' } });
    expect([head.status, head.headers]).toEqual([200, expect.objectContaining(wanted)]);
    for (const method of ['GET', 'HEAD']) {
      const refused = await world.http.request({ method, url: '/events', headers: { Accept: 'application/json' } });
      expect(refused.status).toBe(406);
    }
  });

  it('is narrowed to one call or one agreement', async () => {
    const call = await listen('/events?cfp=two', { 'Last-Event-ID': '0' });
    expect(await call.next()).toContain('id: 2');
    const agreement = await listen('/events?agreement=a2', { 'Last-Event-ID': '0' });
    expect(await agreement.next()).toContain('id: 3');
    call.leave();
    agreement.leave();
  });

  it('begins with what happens from now on', async () => {
    const { next, leave } = await listen('/events');
    world.feed.push({ type: 'resource.down', cfp: null, agreement: 'a2' });
    expect(await next()).toContain('event: resource.down');
    leave();
  });

  it('tells where to go on before anything has happened, and how long to wait', async () => {
    const { data } = await axios.get<Readable>(`${world.front.url}events`, { responseType: 'stream', proxy: false });
    const [chunk] = (await once(data, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^: connected\nretry: \d+\nid: \d+\n\n/);
    data.destroy();
  });

  it('says what it cannot give any more', async () => {
    const other = await openWorld();
    for (let count = 0; count < 5; count += 1) other.feed.push({ type: 'cfp.open', cfp: 'one', agreement: null });
    other.feed.horizon = 3;
    const old = await listen('/events', { 'Last-Event-ID': '1' }, other);
    expect(await old.next()).toMatch(/^retry: \d+\nid: 3\nevent: events\.missed\ndata: .*"data":\{"after":1,"until":3\}/);
    expect(await old.next()).toContain('id: 4');
    const unknown = await listen('/events', { 'Last-Event-ID': '99' }, other);
    expect(await unknown.next()).toMatch(/id: 5\nevent: events\.missed\n.*No event had the number 99 here; the newest is 5\./);
    old.leave();
    unknown.leave();
    await other.front.close();
  });

  it('refuses types of events that there are none of, and times that are none', async () => {
    const wrong = await world.http.get<string>('/events?types=sla.*,slo.violated');
    expect([wrong.status, wrong.data]).toEqual([
      400,
      expect.stringContaining('"slo.violated" is not an event (did you mean sla.violated?'),
    ]);
    expect((await world.http.get<string>('/events?since=noon')).data).toContain("'since' must be a time");
  });

  it('refuses parameters that there are none of, and takes a long list of types', async () => {
    const slip = await world.http.get<string>('/events?type=sla.violated');
    expect([slip.status, slip.data]).toEqual([400, expect.stringContaining("'type' is no parameter here.")]);
    const many = Array.from({ length: 40 }, () => 'sla.violated');
    const { received, leave } = await listen(`/events?types=${many.join(',')}`);
    expect(received['content-type']).toBe('text/event-stream; charset=utf-8');
    leave();
  });

  it('lets go of a client that left', async () => {
    await until(() => world.feed.streams === 0);
    const { leave } = await listen('/events');
    await until(() => world.feed.streams === 1);
    leave();
    await until(() => world.feed.streams === 0);
  });

  it('refuses what is no event number, and other verbs', async () => {
    const bad = await world.http.get<string>('/events', { headers: { 'Last-Event-ID': 'x' } });
    expect([bad.status, bad.data]).toEqual([400, expect.stringContaining('Last-Event-ID must be the number')]);
    const posted = await world.http.post<string>('/events', '');
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it('ends when the front closes', async () => {
    const other = await openWorld();
    const { next } = await listen('/events', {}, other);
    await other.front.close();
    expect(await next().catch(() => undefined)).toBeUndefined();
    await until(() => other.feed.streams === 0);
  });
});
