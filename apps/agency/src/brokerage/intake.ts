import type { Clock } from '@cloud-agency/runtime';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { CollectorRow } from '../store/sensor-tables.js';
import type { AttachmentRow, CfpRow, ResourceRow } from '../store/tables.js';

/** A compute that a client created, with the call that was made for it and the links that came inline. */
export interface ComputeOrder {
  readonly cfp: CfpRow;
  readonly resource: ResourceRow;
  readonly attachments: readonly AttachmentRow[];
  /** Their sensors are told of them when the compute runs. */
  readonly collectors: readonly CollectorRow[];
}

interface Waiting {
  readonly order: ComputeOrder;
  readonly settle: { readonly done: () => void; readonly failed: (error: unknown) => void };
}

/** So many orders within so long, ms, are a burst. */
const burst = 16;
const burstMs = 200;
/** Orders in one commit: below what a statement of SQLite may hold (32,766 values). */
const mostAtOnce = 250;

/**
 * Puts computes on disk before they are acknowledged. A commit waits for the disk, so those that come while one is under way share the
 * next: group commit. What is put in here has been checked, so nothing but the disk can fail it.
 */
export class Intake {
  private readonly waiting: Waiting[] = [];
  /** When the latest orders came, ms; the oldest first. */
  private readonly came: number[] = [];
  private flushing = false;

  constructor(
    private readonly store: AgencyStore,
    private readonly clock: Clock,
  ) {}

  /** Whether orders come faster than they can be worked on: then taking them in goes first. */
  isBusy(): boolean {
    const [oldest] = this.came;
    return this.came.length === burst && oldest !== undefined && this.clock.now() - oldest < burstMs;
  }

  /** Resolves once it is on disk. */
  async put(order: ComputeOrder): Promise<void> {
    this.came.push(this.clock.now());
    if (this.came.length > burst) this.came.shift();
    await new Promise<void>((done, failed) => {
      this.waiting.push({ order, settle: { done, failed } });
      if (!this.flushing) void this.flush();
    });
  }

  private async flush(): Promise<void> {
    this.flushing = true;
    // What else this turn of the event loop has to put comes along.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, mostAtOnce);
      try {
        await this.store.work((work) =>
          write(
            work,
            batch.map(({ order }) => order),
          ),
        );
        for (const { settle } of batch) settle.done();
      } catch (error) {
        for (const { settle } of batch) settle.failed(error);
      }
    }
    this.flushing = false;
  }
}

async function write(work: Work, orders: readonly ComputeOrder[]): Promise<void> {
  await work.tables
    .insertInto('cfp')
    .values(orders.map(({ cfp }) => cfp))
    .execute();
  await work.tables
    .insertInto('resource')
    .values(orders.map(({ resource }) => resource))
    .execute();
  const attachments = orders.flatMap((order) => order.attachments);
  if (attachments.length > 0) await work.tables.insertInto('attachment').values(attachments).execute();
  const collectors = orders.flatMap((order) => order.collectors);
  if (collectors.length > 0) await work.tables.insertInto('collector').values(collectors).execute();
  for (const order of orders) await work.record(opened(order));
}

const opened = ({ cfp }: ComputeOrder) => ({
  type: 'cfp.open' as const,
  tenant: cfp.tenant,
  subject: `/cfp/${cfp.id}`,
  cfp: cfp.id,
  message: `Call for proposals ${cfp.name} is open: ${cfp.message}.`,
  data: { state: cfp.state, message: cfp.message },
});
