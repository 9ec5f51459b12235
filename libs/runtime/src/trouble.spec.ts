import { createLog } from './log.js';
import { Trouble } from './trouble.js';

it('is told once while it lasts, again when it is another, and when it is over', () => {
  const lines: string[] = [];
  const log = createLog('test', 'info', { write: (line) => void lines.push(line) });
  const trouble = new Trouble(log, { agent: 'aws' });
  const told = (): unknown[] =>
    lines.splice(0).map((line) => {
      const { level, agent, msg } = JSON.parse(line) as Record<string, unknown>;
      return [level, agent, msg];
    });
  trouble.isOver('It works.');
  for (let turn = 0; turn < 3; turn += 1) trouble.is('away', 'It is away.');
  expect(told()).toEqual([[40, 'aws', 'It is away.']]);
  trouble.is('denied', 'It denies it.', { detail: 'no' });
  expect(told()).toEqual([[40, 'aws', 'It denies it.']]);
  trouble.isOver('It works again.');
  trouble.isOver('It works again.');
  expect(told()).toEqual([[30, 'aws', 'It works again.']]);
  trouble.is('denied', 'It denies it.');
  expect(told()).toHaveLength(1);
});
