import type { Announced } from '../resources/notices.js';
import type { Work } from '../store/agency-store.js';
import { parsed, type ResourceRow } from '../store/tables.js';
import { react } from './rules.js';

/** A vendor takes a machine back, reprices or retires it: the rules of its agreement have as long as it gives notice. Without a rule nothing is done. Resolves to whether one has it told. */
export async function heedNotice(work: Work, ids: { next(): string }, resource: ResourceRow, event: Announced): Promise<boolean> {
  const agreement = await work.tables
    .selectFrom('agreement')
    .select(['id', 'cfp', 'state'])
    .where('id', '=', resource.agreement)
    .executeTakeFirst();
  if (agreement?.state !== 'accepted') return false;
  const { call } = await work.tables.selectFrom('cfp').select('call').where('id', '=', agreement.cfp).executeTakeFirstOrThrow();
  return await react(work, ids, { agreement, call: parsed(call), event: { ...event, item: resource.item }, resource });
}
