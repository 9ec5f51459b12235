import { type AppContext, repeated, type RunningApp } from '@cloud-agency/runtime';
import { agreementStates, hasEnded } from '@cloud-agency/sla';
import type { Transaction } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AgencyStore } from './agency-store.js';
import type { AgencyTables } from './tables.js';

/** How often it is looked for what is to go, ms; how many calls are looked for at a time, and how many tasks go by one statement. */
const lookEveryMs = 600_000;
const callsAtOnce = 20;
const tasksAtOnce = 500;

const over = ['refused', 'rejected', 'expired', 'cancelled', 'failed', 'fulfilled'] as const;
const ended = agreementStates.filter(hasEnded);
const gone = ['failed', 'deleted'] as const;

/**
 * Lets go of the record of what ended long ago: a call with its proposals, agreements, computes, and what belongs to these, once all of it is over,
 * its last machine has ended and its last month is settled that long ago. Any number of processes may do so.
 */
export class RecordKeeper {
  private readonly looking: RunningApp;
  private stopped = false;

  constructor(
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
    private readonly forMs: number,
  ) {
    this.looking = repeated(context, lookEveryMs, 'The record of what ended long ago could not be let go', () => this.prune());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.looking.stop();
  }

  /** One call after the other, so that nobody else waits for long. */
  async prune(): Promise<void> {
    const before = this.context.clock.now() - this.forMs;
    for (let ids = await this.calls(before); ids.length > 0 && !this.stopped; ids = await this.calls(before))
      for (const id of ids) {
        await this.store.work(({ tables }) => forgetCall(tables, id));
        await nextTurn();
      }
    while (!this.stopped && (await this.forgetTasks(before))) await nextTurn();
    await this.store.tables.deleteFrom('quarantine').where('until', '<', before).execute();
  }

  private async calls(before: number): Promise<readonly string[]> {
    const { tables } = this.store;
    const rows = await tables
      .selectFrom('cfp')
      .select('cfp.id')
      .where('cfp.updated_at', '<', before)
      .where('cfp.state', 'in', over)
      .where((call) =>
        call.not(
          call.exists(
            tables
              .selectFrom('agreement')
              .select('agreement.id')
              .whereRef('agreement.cfp', '=', call.ref('cfp.id'))
              .where((of) => of.or([of('agreement.state', 'not in', ended), of('agreement.effective_until', '>=', before)])),
          ),
        ),
      )
      .where((call) =>
        call.not(
          call.exists(
            tables
              .selectFrom('placement')
              .select('placement.id')
              .whereRef('placement.cfp', '=', call.ref('cfp.id'))
              .where((of) =>
                of.or([
                  of('placement.state', 'not in', gone),
                  of('placement.requested_at', '>=', before),
                  of('placement.ended_at', '>=', before),
                ]),
              ),
          ),
        ),
      )
      .where((call) =>
        call.not(
          call.exists(
            tables
              .selectFrom('resource')
              .leftJoin('attachment', 'attachment.compute', 'resource.id')
              .leftJoin('task', (join) => join.onRef('task.subject', '=', 'resource.id').on('task.state', '=', 'open'))
              .select('resource.id')
              .whereRef('resource.cfp', '=', call.ref('cfp.id'))
              .where((of) => of.or([of('attachment.id', 'is not', null), of('task.id', 'is not', null)])),
          ),
        ),
      )
      .where((call) =>
        call.not(
          call.exists(
            tables
              .selectFrom('ledger')
              .innerJoin('agreement', 'agreement.id', 'ledger.agreement')
              .select('ledger.id')
              .whereRef('agreement.cfp', '=', call.ref('cfp.id'))
              .where((of) => of.or([of('ledger.settled', '=', 0), of('ledger.updated_at', '>=', before)])),
          ),
        ),
      )
      .limit(callsAtOnce)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** @returns whether there may be more. */
  private async forgetTasks(before: number): Promise<boolean> {
    const { numDeletedRows } = await this.store.tables
      .deleteFrom('task')
      .where('id', 'in', (select) =>
        select
          .selectFrom('task')
          .select('task.id')
          .where('task.created_at', '<', before)
          .where('task.state', 'in', ['done', 'failed'])
          .limit(tasksAtOnce),
      )
      .executeTakeFirst();
    return numDeletedRows === BigInt(tasksAtOnce);
  }
}

const byAgreement = ['reaction', 'violation', 'ledger', 'renegotiation', 'market_watch'] as const;
const byCall = ['proposal', 'resource', 'placement', 'agreement', 'webhook'] as const;

async function forgetCall(tables: Transaction<AgencyTables>, cfp: string): Promise<void> {
  const row = await tables.selectFrom('cfp').select('tenant').where('id', '=', cfp).executeTakeFirst();
  if (!row) return;
  await forgetMarks(tables, row.tenant, cfp);
  const agreements = tables.selectFrom('agreement').select('id').where('cfp', '=', cfp);
  const placements = tables.selectFrom('placement').select('id').where('cfp', '=', cfp);
  const webhooks = tables.selectFrom('webhook').select('id').where('cfp', '=', cfp);
  const computes = tables.selectFrom('resource').select('id').where('cfp', '=', cfp);
  const renegotiations = tables.selectFrom('renegotiation').select('id').where('agreement', 'in', agreements);
  await tables.deleteFrom('message').where('conversation', 'in', renegotiations).execute();
  await tables.deleteFrom('message').where('conversation', '=', cfp).execute();
  await tables.deleteFrom('enrolment').where('placement', 'in', placements).execute();
  await tables.deleteFrom('delivery').where('webhook', 'in', webhooks).execute();
  await tables.deleteFrom('task').where('subject', 'in', computes).execute();
  for (const table of byAgreement) await tables.deleteFrom(table).where('agreement', 'in', agreements).execute();
  for (const table of byCall) await tables.deleteFrom(table).where('cfp', '=', cfp).execute();
  await tables.deleteFrom('cfp').where('id', '=', cfp).execute();
}

const kinds = { proposal: 'proposal', agreement: 'agreement', resource: 'compute' } as const;

/** What its client has said of its entities: mixins, titles and summaries. */
async function forgetMarks(tables: Transaction<AgencyTables>, tenant: string, cfp: string): Promise<void> {
  const locations = [`/cfp/${cfp}`];
  for (const [table, kind] of Object.entries(kinds) as [keyof typeof kinds, string][])
    for (const { id } of await tables.selectFrom(table).select('id').where('cfp', '=', cfp).execute())
      locations.push(`/${kind}/${id}`);
  for (const table of ['tagged', 'label'] as const)
    for (const location of locations)
      await tables.deleteFrom(table).where('tenant', '=', tenant).where('location', '=', location).execute();
}
