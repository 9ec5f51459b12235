import { Gate } from './gate.js';

/** Tasks that run until they are told to end. */
function tasks(gate: Gate, count: number) {
  const running: number[] = [];
  const endings = new Map<number, () => void>();
  const done = Array.from({ length: count }, (_, number) =>
    gate.pass(async () => {
      running.push(number);
      await new Promise<void>((resolve) => endings.set(number, resolve));
      running.splice(running.indexOf(number), 1);
    }),
  );
  const end = async (number: number): Promise<void> => {
    endings.get(number)?.();
    await done[number];
  };
  return { running, end };
}

it('lets so many run at once, the others in their order', async () => {
  const { running, end } = tasks(new Gate(() => 2), 4);
  expect(running).toEqual([0, 1]);
  await end(1);
  expect(running).toEqual([0, 2]);
  await end(0);
  expect(running).toEqual([2, 3]);
});

it('goes by the limit of the moment', async () => {
  let most = 3;
  const { running, end } = tasks(new Gate(() => most), 7);
  most = 1;
  await end(0);
  await end(1);
  expect(running).toEqual([2]);
  most = 3;
  await end(2);
  expect(running).toEqual([3, 4, 5]);
});

it('a task that fails makes room for the next', async () => {
  const gate = new Gate(() => 1);
  const failing = gate.pass(() => Promise.reject(new Error('no')));
  const next = gate.pass(() => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
