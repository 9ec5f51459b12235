import { categoryId } from '@cloud-agency/occi';
import fc from 'fast-check';
import { Agent } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { registry } from '../../../../libs/occi/test/arbitrary.js';
import { type Attempt, attempt, wire } from './attempts.js';
import { acceptable, noFault, send } from './sending.js';
import { exchange } from './raw.js';
import { SmallSource } from './small-source.js';
import { openWorld, type World } from './world.js';

/** Requests of each property: a sample in `npm test`, many in `npm run fuzz`. */
const cases = Number(process.env.FUZZ_CASES ?? 300);
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

function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('whatever is sent', () => {
  const several = fc.array(attempt, { minLength: 1, maxLength: 6 });
  const answered = fc.asyncProperty(several, async (all) => {
    const received = await Promise.all(all.map((one) => send(world.front.url, agent, one)));
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
        expect((await send(world.front.url, agent, { method: 'GET', path: '/healthz', headers: {}, body: '' })).status).toBe(200);
      }),
      { numRuns: Math.ceil(cases / 3) },
    );
  });
});
