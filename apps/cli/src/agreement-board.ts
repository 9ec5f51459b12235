import type { Agreement } from './entities/agreement.js';
import type { Style, Terminal } from './terminal.js';
import { slaLines, standing } from './views/sla-board.js';

const colours: Readonly<Record<string, Style>> = {
  fulfilled: 'green',
  up: 'green',
  'at risk': 'yellow',
  violated: 'red',
  down: 'red',
  undefined: 'dim',
  unknown: 'dim',
};

/** An agreement's SLA, kept up to date: in place on a live terminal, else a new block whenever a state has changed. */
export class AgreementBoard {
  private shown = '';

  constructor(private readonly terminal: Terminal) {}

  show(agreement: Agreement): void {
    if (this.terminal.live) {
      this.terminal.board(slaLines(agreement, (state) => this.terminal.style(colours[state] ?? 'dim', state)));
      return;
    }
    const states = JSON.stringify([
      agreement.level,
      agreement.terms.map(standing),
      agreement.health.map(({ resource, state, address }) => [resource, state, address]),
      agreement.reactions.map(({ at, state, why }) => [at, state, why]),
    ]);
    if (states === this.shown) return;
    this.shown = states;
    this.terminal.tell(slaLines(agreement).join('\n'), {
      type: 'sla',
      agreement: agreement.id,
      level: agreement.level,
      penalties: agreement.penalties,
      rewards: agreement.rewards,
      terms: agreement.terms,
      health: agreement.health,
      reactions: agreement.reactions,
    });
  }
}
