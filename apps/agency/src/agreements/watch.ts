import { subjects, type WatchMessage } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import { allGuarantees, type Call, guaranteesAt, heldDuring, isInForce } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import { type AgreementRow, parsed } from '../store/tables.js';
import { lifeOf, standingOf } from './life.js';

const mostPauses = 100;

/**
 * Tells the monitor what to watch for an agreement, as it is now. Always the whole, under a growing version, so that the latest message
 * replaces all before it. An agreement that no longer runs is watched no more.
 */
export async function sendWatch(work: Work, agreementId: string): Promise<void> {
  const agreement = await work.tables.selectFrom('agreement').selectAll().where('id', '=', agreementId).executeTakeFirstOrThrow();
  const { call: callText } = await work.tables
    .selectFrom('cfp')
    .select('call')
    .where('id', '=', agreement.cfp)
    .executeTakeFirstOrThrow();
  const call: Call = parsed(callText);
  const active = isInForce(lifeOf(agreement), work.now);
  const version = agreement.watch_version + 1;
  await work.tables.updateTable('agreement').set({ watch_version: version }).where('id', '=', agreementId).execute();
  await work.send({
    conversation: agreementId,
    subject: subjects.watch,
    content: {
      performative: 'watch',
      agreement: agreementId,
      version,
      active,
      resources: active ? await watched(work, agreementId) : [],
      probes: [...call.probes],
      ...(call.scrape ? { scrape: [...call.scrape] } : {}),
      guarantees: allGuarantees(call).map(({ guarantee }) => guarantee),
      utilisation: utilisation(call),
      ...inForce(agreement, call),
      ...pauses(agreement),
    },
  });
}

/** Which of all guarantees hold at the present level; nothing is said where there is but one. */
function inForce(agreement: AgreementRow, call: Call): Pick<WatchMessage, 'inForce'> {
  if (!call.fallback) return {};
  const levels = parsed(agreement.levels);
  const held = guaranteesAt(call, standingOf(agreement).level);
  return {
    inForce: held.map(({ index }) => {
      const since = heldDuring(call, levels, index).at(-1)?.from ?? -Infinity;
      return { index, ...(since === -Infinity ? {} : { since: isoTime(since) }) };
    }),
  };
}

/** The newest suspensions; one that goes on is no pause, for nothing is watched in it. */
function pauses(agreement: AgreementRow): Pick<WatchMessage, 'pauses'> {
  const over = parsed(agreement.suspensions).flatMap(({ from, until }) =>
    until === null ? [] : [{ from: isoTime(from), until: isoTime(until) }],
  );
  return over.length === 0 ? {} : { pauses: over.slice(-mostPauses) };
}
const utilisation = ({ reactions }: Call): NonNullable<WatchMessage['utilisation']> =>
  reactions.flatMap(({ use, of }, rule) => (use ? [{ rule, of: of ?? null, use }] : []));

async function watched(work: Work, agreementId: string) {
  const rows = await work.tables
    .selectFrom('resource')
    .innerJoin('placement', 'placement.id', 'resource.placement')
    .select(['resource.id as resource', 'resource.item as item', 'placement.id as placement', 'placement.address as address'])
    .where('resource.agreement', '=', agreementId)
    .where('resource.state', 'in', ['active', 'error'])
    // What is stopped, or on its way somewhere, is not down.
    .where('resource.task', 'is', null)
    .execute();
  return rows.flatMap(({ address, ...row }) => (address === null ? [] : [{ ...row, address }]));
}
