import { Pace } from './pace.js';

async function waitsOf(pace: (wait: (ms: number) => Promise<void>) => Pace, turns: number): Promise<number[]> {
  const waits: number[] = [];
  const made = pace((ms) => {
    waits.push(Math.round(ms));
    return Promise.resolve();
  });
  for (let turn = 0; turn < turns; turn += 1) await made.turn();
  return waits;
}

it('lets a second’s worth go at once, and the others one after the other', async () => {
  expect(
    await waitsOf(
      (wait) =>
        new Pace(
          () => 20,
          () => 700,
          wait,
        ),
      24,
    ),
  ).toEqual([50, 100, 150, 200]);
});

it('lets the first of less than one a second go at once, too', async () => {
  expect(
    await waitsOf(
      (wait) =>
        new Pace(
          () => 0.5,
          () => 700,
          wait,
        ),
      3,
    ),
  ).toEqual([2_000, 4_000]);
});

it('makes up for a rest, but for no more than a second of it', async () => {
  let now = 0;
  const rested = (wait: (ms: number) => Promise<void>): Pace =>
    new Pace(
      () => 2,
      () => (now += 60_000),
      wait,
    );
  expect(await waitsOf(rested, 5)).toEqual([]);
});
