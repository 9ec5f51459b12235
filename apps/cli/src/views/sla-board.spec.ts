import type { Agreement, Term } from '../entities/agreement.js';
import { widthOf } from './fitting.js';
import { slaLines } from './sla-board.js';

const agreement: Agreement = {
  id: 'a',
  name: 'shop',
  cfp: 'c',
  state: 'accepted',
  agreedAt: '',
  level: 'agreed',
  penalties: 0,
  rewards: 0,
  terms: [],
  health: [],
  reactions: [],
};
const shown = (change: Partial<Agreement>) => slaLines({ ...agreement, ...change }).join('\n');

describe('the board of an agreement', () => {
  it('says nothing of level and money while there is nothing to say', () => {
    expect(shown({})).not.toMatch(/level|USD/);
  });

  it('says to which level it has fallen back, and what is owed to the last digit', () => {
    const lines = shown({ level: 'reduced', penalties: 0.000123, rewards: 5 });
    expect(lines).toContain('Fallen back to the level reduced.');
    expect(lines).toContain('Penalties: 0.000123 USD credited to you.');
    expect(lines).toContain('Rewards: 5.00 USD owed by you.');
  });

  it('puts what is broken first, and aligns what is written in wide letters', () => {
    const term: Omit<Term, 'of'> = {
      ...{ term: 'availability', index: 0, resource: null, state: 'fulfilled', wanted: 99, side: 'at_least', measured: 100 },
      ...{ unit: '%', spent: null },
    };
    const [heads = '', ...rows] = slaLines({
      ...agreement,
      terms: [
        { ...term, of: 'web' },
        { ...term, of: '商店', state: 'violated', measured: 90 },
      ],
    });
    expect(rows.slice(0, 2).map((row) => row.split(/ {2,}/)[1])).toEqual(['商店', 'web']);
    const column = (row: string, word: string): number => widthOf(row.slice(0, row.indexOf(word)));
    expect(column(rows[0] ?? '', 'violated')).toBe(column(heads, 'STATE'));
    expect(column(rows[1] ?? '', 'fulfilled')).toBe(column(heads, 'STATE'));
  });
});
