import type { Call, Reaction } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import type { AgreementRow, ResourceRow } from '../store/tables.js';
import type { Occurrence } from './findings.js';

export interface Trigger {
  readonly agreement: AgreementRow;
  readonly call: Call;
  readonly event: Occurrence;
  readonly resource?: ResourceRow;
}

/** Begins what the client's rules want done about an event: written down here, carried out by the tier. `notify` is the webhooks' part. */
export async function react(work: Work, ids: { next(): string }, trigger: Trigger): Promise<void> {
  for (const [index, rule] of trigger.call.reactions.entries()) {
    if (!applies(rule, trigger.event) || !trigger.resource?.placement) continue;
    if (await isReplacing(work, trigger.resource)) continue;
    if (await isExhausted(work, trigger.agreement, index, rule)) {
      await remark(
        work,
        trigger.resource,
        `not replaced: the rule allows ${String(rule.atMost?.times)} replacements in ${String((rule.atMost?.per ?? 0) / 60_000)} minutes`,
      );
      continue;
    }
    await work.tables
      .insertInto('reaction')
      .values({
        id: ids.next(),
        agreement: trigger.agreement.id,
        rule: index,
        resource: trigger.resource.id,
        placement: trigger.resource.placement,
        state: 'begun',
        message: `replacing after ${trigger.event.type}`,
        attempts: 0,
        next_at: work.now,
        begun_at: work.now,
        lease_owner: null,
        lease_until: null,
        epoch: 0,
      })
      .execute();
    await remark(work, trigger.resource, `being replaced after ${trigger.event.type}`);
  }
}

function applies(rule: Reaction, event: Occurrence): boolean {
  return (
    rule.do === 'replace' &&
    rule.on === event.type &&
    (rule.of === undefined || rule.of === event.item) &&
    (rule.term === undefined || rule.term === event.term)
  );
}

async function isReplacing(work: Work, resource: ResourceRow): Promise<boolean> {
  const running = await work.tables
    .selectFrom('reaction')
    .select('id')
    .where('resource', '=', resource.id)
    .where('state', '=', 'begun')
    .executeTakeFirst();
  return running !== undefined;
}

async function isExhausted(work: Work, agreement: AgreementRow, index: number, rule: Reaction): Promise<boolean> {
  if (!rule.atMost) return false;
  const recent = await work.tables
    .selectFrom('reaction')
    .select('id')
    .where('agreement', '=', agreement.id)
    .where('rule', '=', index)
    .where('begun_at', '>', work.now - rule.atMost.per)
    .execute();
  return recent.length >= rule.atMost.times;
}

async function remark(work: Work, resource: ResourceRow, message: string): Promise<void> {
  await work.tables.updateTable('resource').set({ message }).where('id', '=', resource.id).execute();
}
