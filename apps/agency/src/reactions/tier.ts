import { underLease } from '@cloud-agency/store';
import { isFree, keepingOf } from '../store/leases.js';
import { WorkLoop } from '../store/work-loop.js';
import type { Tools } from './actions/action.js';
import { actions } from './actions/registry.js';

/** The tier: carries out what the client's rules have begun, each reaction by the action of its name, step by step. */
export class Tier {
  private readonly loop: WorkLoop;

  constructor(
    private readonly tools: Tools,
    private readonly owner: string,
  ) {
    const { store, context } = tools;
    this.loop = new WorkLoop(store, context, {
      name: 'reaction',
      reads: ['reaction'],
      due: (now) => this.due(now),
      step: (id) => this.step(id),
    });
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async due(now: number): Promise<readonly string[]> {
    const rows = await this.tools.store.tables
      .selectFrom('reaction')
      .select('id')
      .where('state', '=', 'begun')
      .where('next_at', '<=', now)
      .where(isFree(this.owner, now))
      .execute();
    return rows.map((row) => row.id);
  }

  private async step(id: string): Promise<void> {
    const { tools, owner } = this;
    const { tables } = tools.store;
    await underLease(tables, 'reaction', id, keepingOf(tools.context, owner), async () => {
      const reaction = await tables.selectFrom('reaction').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      if (reaction.state === 'begun' && reaction.action !== 'notify') await actions[reaction.action].step(reaction, tools);
    });
  }
}
