import type { Clock, Log } from '@cloud-agency/runtime';
import type { Lease } from '@cloud-agency/store';
import { Carrier } from '../carrying/carrier.js';
import type { Placements } from '../placement/placements.js';
import type { Quotes } from '../placement/quotes.js';
import type { AgentTables } from '../placement/tables.js';
import type { Timings } from '../placement/timings.js';
import type { VendorDriver } from '../vendor/port.js';
import { LeaseLost, type TaskTools } from './findings.js';
import { nextStep, type TaskProgress } from './steps.js';
import { isOpen, type Task, type TaskChanges, type Tasks } from './tasks.js';

export interface TaskRunnerOptions {
  readonly agent: string;
  /** Whose cloud it is, for sentences. */
  readonly vendor: string;
  /** Who holds the leases: this process. */
  readonly owner: string;
  readonly installation: string;
  readonly driver: VendorDriver;
  readonly quotes: Quotes;
  readonly placements: Placements;
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly log: Log;
  readonly timings: Timings;
}

/** Carries each operation that one agent was asked for to its end, those about one thing in the order in which they came. */
export class TaskRunner extends Carrier<AgentTables> {
  constructor(private readonly options: TaskRunnerOptions) {
    super({ table: 'task', database: options.tasks.database, ...options });
  }

  protected override async unfinished(): Promise<readonly string[]> {
    return await this.options.tasks.unfinished(this.options.agent);
  }

  protected override async step(id: string, lease: Lease): Promise<number | undefined> {
    const { tasks } = this.options;
    const task = await tasks.load(id);
    if (!task || !isOpen(task)) return undefined;
    // The one before wakes it.
    if ((await tasks.before(task)).length > 0) return undefined;
    const progress = await nextStep(task, this.tools(task, lease)).catch(unlessLost);
    // What a step began when the process was told to stop is not known to have failed: the next start looks.
    if (!progress || (this.stopped && goesWrong(progress))) return undefined;
    const { changes, waitMs } = progress;
    if (Object.keys(changes).length > 0 && !(await tasks.advance(lease, task, changes))) return undefined;
    await this.passOn(task, changes);
    return waitMs;
  }

  /** Those that waited for this one go on. */
  private async passOn(task: Task, { state, outcome }: TaskChanges): Promise<void> {
    const { tasks, log } = this.options;
    if (state !== undefined) log.info({ task: task.id, do: task.operation.do, from: task.state, to: state }, 'A task went on.');
    if (outcome) for (const next of await tasks.after(task)) this.wake(next);
  }

  private tools(task: Task, lease: Lease): TaskTools {
    const { agent, placements, tasks, clock } = this.options;
    return {
      ...this.options,
      now: () => clock.now(),
      placement: async (id) => {
        const placement = await placements.load(id);
        return placement?.agent === agent ? placement : undefined;
      },
      asset: async (id) => await tasks.asset(agent, id),
      note: async (changes) => {
        if (!(await tasks.advance(lease, task, changes))) throw new LeaseLost();
      },
    };
  }
}

const goesWrong = ({ changes: { state } }: TaskProgress): boolean => state === 'failed' || state === 'undoing';

function unlessLost(error: unknown): undefined {
  if (!(error instanceof LeaseLost)) throw error;
}
