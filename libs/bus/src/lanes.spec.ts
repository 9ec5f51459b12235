import { Lanes } from './lanes.js';

/** A task that is done when it is told to be. */
function task(names: string[], name: string) {
  let finish = (): void => undefined;
  const finished = new Promise<void>((done) => {
    finish = done;
  });
  return {
    finish,
    run: async (): Promise<void> => {
      names.push(`${name} begun`);
      await finished;
      names.push(`${name} done`);
    },
  };
}

describe('lanes', () => {
  it('does what is of different lanes side by side, and what is of one in order', async () => {
    const names: string[] = [];
    const lanes = new Lanes(10);
    const [first, second, other] = [task(names, 'a1'), task(names, 'a2'), task(names, 'b1')];
    lanes.begin('a', first.run);
    lanes.begin('a', second.run);
    lanes.begin('b', other.run);
    other.finish();
    second.finish();
    first.finish();
    await lanes.done();
    expect(names.filter((name) => name.startsWith('a'))).toEqual(['a1 begun', 'a1 done', 'a2 begun', 'a2 done']);
    expect(names.indexOf('b1 begun')).toBeLessThan(names.indexOf('a1 done'));
  });

  it('has room again once one of as many as there may be is done', async () => {
    const names: string[] = [];
    const lanes = new Lanes(2);
    const [first, second] = [task(names, 'a'), task(names, 'b')];
    lanes.begin('a', first.run);
    expect(lanes.areFull).toBe(false);
    lanes.begin('b', second.run);
    expect(lanes.areFull).toBe(true);
    const room = lanes.room().then(() => names.push('room'));
    second.finish();
    await room;
    expect(names).toEqual(['a begun', 'b begun', 'b done', 'room']);
    first.finish();
    await lanes.done();
    expect(names.at(-1)).toBe('a done');
  });
});
