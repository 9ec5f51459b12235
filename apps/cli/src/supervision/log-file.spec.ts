import { tolerant } from './log-file.js';

it('loses lines while the disk is full, and says how many once there is room', () => {
  const written: string[] = [];
  let isFull = false;
  const log = tolerant(
    (text) => {
      if (isFull) throw new Error('ENOSPC: no space left on device, write');
      written.push(text);
    },
    () => undefined,
  );
  log.write('one\n');
  isFull = true;
  log.write('two\n');
  log.write('three\n');
  isFull = false;
  log.write('four\n');
  expect(written.map((line) => line.trim())).toEqual([
    'one',
    '{"level":40,"msg":"2 lines of this log could not be written: ENOSPC: no space left on device, write"}',
    'four',
  ]);
});
