import type { AppContext } from '@cloud-agency/runtime';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { keepMessages, type MessageRow } from '../store/conversation.js';
import { type CfpRow, json } from '../store/tables.js';
import { moveTo } from './cfp-state.js';
import type { Course } from './course.js';

/** Rounds that follow each other faster than this, ms, are written together: vendors that answer at once are not to wait for the disk. */
const writtenEveryMs = 100;

/** What was said in a round, and how many agents were asked to do better after it. */
interface Over {
  readonly messages: readonly MessageRow[];
  readonly asked: number;
}

/**
 * The rounds of a call as they get onto disk: while the agents think about the next one, or with the outcome. Until then a crash takes the negotiation back
 * to the last round that is there, from which it comes to the same (ADR 23).
 */
export class Rounds {
  private unwritten: readonly Over[] = [];
  private writing: Promise<CfpRow | undefined>;
  private writtenAt: number;

  constructor(
    private row: CfpRow,
    private readonly course: Course,
    private readonly store: AgencyStore,
    private readonly clock: AppContext['clock'],
  ) {
    this.writing = Promise.resolve(row);
    this.writtenAt = clock.now();
  }

  /** Resolves when what was being written is; false when the call has been withdrawn meanwhile. */
  async areWritten(): Promise<boolean> {
    const row = await this.writing;
    if (row) this.row = row;
    return row !== undefined;
  }

  /** A round is over, and another one begins. To be called when `areWritten`. */
  next(over: Over): void {
    this.unwritten = [...this.unwritten, over];
    const now = this.clock.now();
    if (now - this.writtenAt < writtenEveryMs) return;
    const write = this.writer();
    this.writtenAt = now;
    this.unwritten = [];
    this.writing = this.store.work(write);
    // Who asks whether they are written hears of it; until then it is nobody's failure.
    this.writing.catch(() => undefined);
  }

  /** Writes what is not there yet, in the transaction of what comes of it; the call as it is then, or undefined when it has been withdrawn. */
  async write(work: Work): Promise<CfpRow | undefined> {
    return await this.writer()(work);
  }

  private writer(): (work: Work) => Promise<CfpRow | undefined> {
    const { row, unwritten, course } = this;
    const [negotiation, answers] = [json(course.soFar), json(course.answers)];
    return async (work) => {
      await keepMessages(
        work.tables,
        unwritten.flatMap(({ messages }) => messages),
      );
      if (!(await isStill(work, row))) return undefined;
      let now = row;
      for (const { asked } of unwritten) {
        const round = now.round + 1;
        const evaluating = await moveTo(work, now, 'evaluating', `asking ${String(asked)} vendor agents to do better`);
        now = await moveTo(work, evaluating, 'open', `calling for round ${String(round)}`, { round, negotiation, answers });
      }
      return now;
    };
  }
}

/** Whether nobody has taken the call elsewhere since the row was read. */
export async function isStill(work: Work, { id, state }: CfpRow): Promise<boolean> {
  const current = await work.tables.selectFrom('cfp').select('state').where('id', '=', id).executeTakeFirst();
  return current?.state === state;
}
