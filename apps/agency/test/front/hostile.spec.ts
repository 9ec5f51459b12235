import { categoryId } from '@cloud-agency/occi';
import fc from 'fast-check';
import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { registry } from '../../../../libs/occi/test/arbitrary.js';
import { type Attempt, attempt, wire } from './attempts.js';
import { exchange } from './raw.js';
import { SmallSource } from './small-source.js';
import { openWorld, type World } from './world.js';

/** Requests of each property: a sample in `npm test`, many in `npm run fuzz`. */
const cases = Number(process.env.FUZZ_CASES ?? 300);
/** Longest time that an answer may take, ms. */
const patience = 10_000;
/** What a run of any length may leave behind, bytes: caches that fill, not one request after the other. */
const leftBehind = 12 * 1024 * 1024;

const agent = new Agent({ keepAlive: true });
let world: World;
beforeAll(async () => {
  const sources = registry.kinds
    .filter(({ location }) => location !== undefined)
    .map((kind) => new SmallSource(categoryId(kind), kind.actions));
  world = await openWorld({ sources });
  world.ready = true;
});
afterAll(async () => {
  agent.destroy();
  await world.front.close();
});

/** Jest shows it, and what was found instead. */
const noFault: unknown = { asymmetricMatch: (status: number) => status < 500, toString: () => 'a status below 500' };

interface Received {
  readonly status: number;
  readonly text: string;
  readonly type: string | undefined;
}

const send = ({ method, path, headers, body }: Attempt): Promise<Received> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.front.url);
    const length = { 'Content-Length': Buffer.byteLength(body) };
    const sent = request(
      { agent, maxHeaderSize: 1024 * 1024, hostname, port, method, path, headers: { ...headers, ...length } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers: received } = response;
          resolve({ status, text: Buffer.concat(chunks).toString(), type: received['content-type'] });
        });
      },
    );
    sent.setTimeout(patience, () => sent.destroy(new Error(`No answer within ${patience} ms.`)));
    sent.on('error', reject).end(body);
  });

function acceptable({ status, text, type }: Received, { headers }: Pick<Attempt, 'headers'>): void {
  expect(status).toBeGreaterThanOrEqual(200);
  // A version that is not spoken is all that a client can bring a 5xx about by.
  const told = /OCCI\/\d/.test(headers['User-Agent'] ?? '') && status === 501;
  if (!told) expect([text, status]).toEqual([text, noFault]);
  expect(type).toBeDefined();
  expect(text).not.toMatch(/\bat .*\.[jt]s:\d+/);
}

function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('whatever is sent', () => {
  const several = fc.array(attempt, { minLength: 1, maxLength: 6 });
  const answered = fc.asyncProperty(several, async (all) => {
    const received = await Promise.all(all.map(send));
    received.forEach((one, index) => {
      acceptable(one, all[index] as Attempt);
    });
  });

  it('is answered, typed, without a server error or a stack; and leaves nothing behind', async () => {
    // About three and a half requests each.
    const numRuns = Math.ceil(cases / 7);
    await fc.assert(answered, { numRuns });
    const before = heapInUse();
    await fc.assert(answered, { numRuns });
    expect(heapInUse() - before).toBeLessThan(leftBehind);
  });

  it('as bytes that are nearly HTTP is answered or refused, and the next one is served', async () => {
    await fc.assert(
      fc.asyncProperty(wire, async (bytes) => {
        const text = await exchange(world.front.url, bytes, 'closed');
        for (const [, status] of text.matchAll(/^HTTP\/1\.1 (\d{3})/gm))
          if (status !== '501') expect([text, Number(status)]).toEqual([text, noFault]);
        expect((await send({ method: 'GET', path: '/healthz', headers: {}, body: '' })).status).toBe(200);
      }),
      { numRuns: Math.ceil(cases / 3) },
    );
  });
});
