import { type AppContext, repeated, type RunningApp } from '@cloud-agency/runtime';
import type { CfpState } from '@cloud-agency/sla';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AgencyStore } from './agency-store.js';

/** How often it is looked for what is to go, ms, and how many messages go by one statement: their bodies may be long. */
const lookEveryMs = 60_000;
const atOnce = 100;

/** While a call is in one of these, what was said for it may still be of use to whoever decides. */
const undecided: readonly CfpState[] = ['draft', 'open', 'evaluating', 'proposed', 'accepted', 'provisioning'];

/**
 * Lets go of the messages of negotiations that were sent too long ago. Nothing goes on from them: they are there to be read back. Any number of
 * processes may do so.
 */
export class ConversationKeeper {
  private readonly looking: RunningApp;
  private stopped = false;

  constructor(
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
    private readonly forMs: number,
  ) {
    this.looking = repeated(context, lookEveryMs, 'Conversations of old could not be let go', () => this.prune());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.looking.stop();
  }

  /** Everything that is too old, piece by piece, so that nobody else waits for long. */
  async prune(): Promise<void> {
    const old = this.context.clock.now() - this.forMs;
    while (!this.stopped && (await this.pruneSome(old))) await nextTurn();
  }

  /** @returns whether there may be more. */
  private async pruneSome(old: number): Promise<boolean> {
    const { tables } = this.store;
    const { numDeletedRows } = await tables
      .deleteFrom('message')
      .where('id', 'in', (select) =>
        select
          .selectFrom('message')
          .select('message.id')
          .where('message.at', '<', old)
          .where('message.conversation', 'not in', tables.selectFrom('cfp').select('id').where('state', 'in', undecided))
          .orderBy('message.at')
          .limit(atOnce),
      )
      .executeTakeFirst();
    return numDeletedRows === BigInt(atOnce);
  }
}
