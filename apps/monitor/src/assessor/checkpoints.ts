import type { Piece } from '@cloud-agency/sla';
import type { Checkpoints, DueCheckpoints } from '../intake/commits.js';
import { Pace } from '../intake/pace.js';
import type { CheckpointRow } from '../store/tables.js';
import type { Term } from './term.js';

/** After a restart what came in within so long before is gone through again. */
const pace = { withinMs: 10_000, fewestAtOnce: 5, mostAtOnce: 50 };

/** What is stored of a guarantee comes from it in pieces. */
export type Dumped = Pick<Term, 'dump' | 'firstKey' | 'identity' | 'index' | 'resource'>;

interface Entry {
  readonly agreement: string;
  readonly term: Dumped;
  readonly since: number;
  /** What could not be stored the last time; most wait without any. */
  pieces?: Map<number, Piece>;
}

/**
 * Which guarantees have taken samples that no checkpoint holds, the one that has waited longest first. A few go along with each commit, so that
 * storing them holds nothing up.
 */
export class CheckpointQueue implements Checkpoints {
  private waiting: Entry[] = [];
  private underWay: Entry[] = [];
  private readonly pace: Pace;

  /** `last`: the last commit; what is noted now is in a later one. */
  constructor(
    private readonly last: () => number,
    now: () => number,
  ) {
    this.pace = new Pace(now, pace);
  }

  /** `since`: what is noted is in later commits than this one, where that is not the last: it had come in before a restart. */
  note(agreement: string, term: Dumped, since = this.last()): void {
    let place = this.waiting.length;
    while (place > 0 && (this.waiting[place - 1]?.since ?? 0) > since) place -= 1;
    this.waiting.splice(place, 0, { agreement, term, since });
  }

  /** What waits of an agreement is due with the next commit. */
  hurry(agreement: string): void {
    this.underWay.push(...this.waiting.filter((entry) => entry.agreement === agreement));
    this.waiting = this.waiting.filter((entry) => entry.agreement !== agreement);
  }

  /** From now on all that waits is due. */
  close(): void {
    this.pace.hurry();
  }

  due(batch: number): DueCheckpoints {
    const share = this.pace.share(this.underWay.length + this.waiting.length);
    this.underWay = [...this.underWay, ...this.waiting.splice(0, Math.max(0, share - this.underWay.length))];
    const taken = new Set(this.underWay);
    const stored = [...piecesOf(this.underWay).values()];
    return {
      rows: rowsOf(stored, batch),
      outdated: stored.flatMap(({ of, firstKey }) => (firstKey > 0 ? [{ ...of, below: firstKey }] : [])),
      swept: this.waiting[0]?.since,
      owing: this.pace.isOwing,
      stored: () => {
        this.underWay = this.underWay.filter((entry) => !taken.has(entry));
      },
    };
  }
}

interface Stored {
  readonly of: Pick<CheckpointRow, 'agreement' | 'guarantee' | 'resource' | 'identity'>;
  readonly pieces: Map<number, Piece>;
  readonly firstKey: number;
}

function rowsOf(stored: readonly Stored[], batch: number): CheckpointRow[] {
  const rows: CheckpointRow[] = [];
  for (const { of, pieces } of stored) {
    const { agreement, guarantee, resource, identity } = of;
    for (const { key, bytes } of pieces.values()) rows.push({ agreement, guarantee, resource, key, batch, bytes, identity });
  }
  return rows;
}

/** What is to be stored of each guarantee: one that waits twice over, because it could not be stored the last time, once. */
function piecesOf(entries: readonly Entry[]): ReadonlyMap<Dumped, Stored> {
  const stored = new Map<Dumped, Stored>();
  for (const entry of entries) {
    const { agreement, term } = entry;
    const pieces = (entry.pieces ??= new Map());
    for (const piece of term.dump()) pieces.set(piece.key, piece);
    const known = stored.get(term);
    for (const [key, piece] of pieces) known?.pieces.set(key, piece);
    if (known) continue;
    const of = { agreement, guarantee: term.index, resource: term.resource ?? '', identity: term.identity };
    // A copy: should they not be stored, each entry keeps its own.
    stored.set(term, { of, pieces: new Map(pieces), firstKey: Math.min(term.firstKey, Number.MAX_SAFE_INTEGER) });
  }
  return stored;
}
