import { isoTime } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import { type AgencyTables, type AgreementRow, parsed, type ReactionRow } from '../../store/tables.js';

/** Older ones are kept, and not shown. */
const mostShown = 50;

/** What came of the rules of an agreement, oldest first: the event, what was done about it and how far that is, or why nothing was. */
export async function reactionsOf(tables: Kysely<AgencyTables>, agreement: AgreementRow): Promise<readonly object[]> {
  const rows = await tables
    .selectFrom('reaction')
    .selectAll()
    .where('agreement', '=', agreement.id)
    .orderBy('begun_at', 'desc')
    .orderBy('id', 'desc')
    .limit(mostShown)
    .execute();
  if (rows.length === 0) return [];
  const { call } = await tables.selectFrom('cfp').select('call').where('id', '=', agreement.cfp).executeTakeFirstOrThrow();
  const rules = parsed(call).reactions;
  return rows.reverse().map((row) => ({ ...shown(row), rule: ruleWords(row, rules[row.rule]) }));
}

const shown = ({
  id,
  begun_at: at,
  finished_at: finished,
  event,
  cause,
  action,
  state,
  item,
  resource,
  ...row
}: ReactionRow) => ({
  ...{ id, at: isoTime(at), event, cause, action, state, why: row.message },
  ...{ item, resource, finished: finished === null ? null : isoTime(finished) },
  ...(state === 'skipped' ? { times: row.attempts } : {}),
});

/** e.g. `2: on resource.overused of web, scale` */
function ruleWords(
  { rule, event, action }: ReactionRow,
  found: { readonly on: string; readonly of?: string; readonly do: string } | undefined,
): string {
  if (!found) return `${event}, ${action}`;
  return `${String(rule + 1)}: on ${found.on}${found.of === undefined ? '' : ` of ${found.of}`}, ${found.do}`;
}
