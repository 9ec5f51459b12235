import fc from 'fast-check';
import { nextTry, retryAfterMs } from './back-off.js';

const dayMs = 24 * 3_600_000;
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('tries of a delivery', () => {
  it('go on for a day from the event, the last one at its end, whatever chance and receivers say', () => {
    fc.assert(
      fc.property(
        fc.array(random, { minLength: 40, maxLength: 40 }),
        fc.nat(10 * dayMs),
        fc.nat(1_000_000),
        (chances, asked, queuedAt) => {
          let now = queuedAt;
          let attempts = 1;
          for (;;) {
            const next = nextTry({ attempts, queuedAt, now, retryAfter: asked }, () => chances[attempts] ?? 0);
            if (next === undefined) break;
            expect(next).toBeGreaterThan(now);
            expect(next).toBeLessThanOrEqual(queuedAt + dayMs);
            now = next;
            attempts += 1;
          }
          expect(now).toBe(queuedAt + dayMs);
          expect(attempts).toBeLessThan(30);
        },
      ),
    );
  });

  it('are one where it had to wait for others longer than that', () => {
    expect(nextTry({ attempts: 1, queuedAt: 0, now: dayMs }, () => 0)).toBeUndefined();
  });

  it.each([
    ['120', 120_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('wait as %j says', (header, ms) => {
    expect(retryAfterMs(header, 10_000)).toBe(ms);
  });
});
