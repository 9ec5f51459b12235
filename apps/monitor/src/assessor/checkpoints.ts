import type { Piece } from '@cloud-agency/sla';
import type { Checkpoints, DueCheckpoints, Outdated, Swept } from '../intake/commits.js';
import type { CheckpointRow } from '../store/tables.js';
import type { Term } from './term.js';

/** Within about so long what guarantees have made of their samples is stored, ms: after a restart so much is gone through again. */
const withinMs = 30_000;
const fewestAtOnce = 5;

interface Entry {
  readonly agreement: string;
  readonly term: Term;
  readonly since: Swept;
  /** What could not be stored the last time. */
  readonly pieces: Map<number, Piece>;
}

/**
 * Which guarantees have taken samples that no checkpoint holds, the one that has waited longest first. A few go along with each commit, so that
 * storing them holds nothing up.
 */
export class CheckpointQueue implements Checkpoints {
  private waiting: Entry[] = [];
  private underWay: Entry[] = [];
  private askedAt: number | undefined;
  private closing = false;

  /** `last`: the last commit; what is noted now is in a later one. */
  constructor(private readonly last: () => Swept) {}

  note(agreement: string, term: Term): void {
    this.waiting.push({ agreement, term, since: this.last(), pieces: new Map() });
  }

  /** What waits of an agreement is due with the next commit. */
  hurry(agreement: string): void {
    this.underWay.push(...this.waiting.filter((entry) => entry.agreement === agreement));
    this.waiting = this.waiting.filter((entry) => entry.agreement !== agreement);
  }

  /** From now on all that waits is due. */
  close(): void {
    this.closing = true;
  }

  due(batch: number): DueCheckpoints {
    const entries = [...this.underWay, ...this.waiting];
    const atOnce = this.closing ? entries.length : this.share(entries.length);
    this.underWay = entries.slice(0, Math.max(atOnce, this.underWay.length));
    this.waiting = entries.slice(this.underWay.length);
    const taken = new Set(this.underWay);
    const rows: CheckpointRow[] = [];
    const outdated: Outdated[] = [];
    for (const { agreement, term, pieces } of this.underWay) {
      const of = { agreement, guarantee: term.index, resource: term.resource ?? '' };
      for (const piece of term.dump()) pieces.set(piece.key, piece);
      for (const { key, bytes } of pieces.values()) rows.push({ ...of, key, batch, bytes });
      if (term.firstKey > 0) outdated.push({ ...of, below: term.firstKey });
    }
    return {
      rows,
      outdated,
      swept: this.waiting[0]?.since,
      stored: () => {
        this.underWay = this.underWay.filter((entry) => !taken.has(entry));
      },
    };
  }

  private share(entries: number): number {
    const { at: now } = this.last();
    const elapsed = Math.max(0, now - (this.askedAt ?? now));
    this.askedAt = now;
    return Math.max(fewestAtOnce, Math.ceil((entries * elapsed) / withinMs));
  }
}
