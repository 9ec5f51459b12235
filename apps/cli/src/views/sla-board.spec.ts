import type { Agreement } from '../entities/agreement.js';
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
});
