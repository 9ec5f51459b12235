import type { Proposal } from './entities/call.js';
import type { Terminal } from './terminal.js';

/** best: rank 1 is accepted without asking. ask: the person at the terminal chooses. */
export type Chooser = 'best' | 'ask';

/** @returns the proposal chosen; `none` when all are turned down; undefined when nobody chose. */
export async function chosenProposal(
  open: readonly Proposal[],
  chooser: Chooser,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Proposal | 'none' | undefined> {
  if (chooser === 'best') return open[0];
  const range = open.length === 1 ? '1' : `1 to ${open.length}`;
  for (;;) {
    const typed = await terminal.ask(`Accept which proposal (${range}, or none)? `, signal);
    if (typed === undefined) {
      if (!signal.aborted) terminal.tell(`Nothing was chosen. Later: agency accept ${open[0]?.id ?? 'PROPOSAL'}`);
      return undefined;
    }
    const answer = typed.trim().toLowerCase();
    if (answer === 'none') return 'none';
    const chosen = open.find(({ rank }) => String(rank) === answer);
    if (chosen) return chosen;
    terminal.tell(`'${typed.trim()}' is none of these. Type a rank from the table, or none.`);
  }
}
