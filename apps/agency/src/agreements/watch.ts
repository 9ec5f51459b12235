import { subjects, type WatchMessage } from '@cloud-agency/bus';
import type { Call } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import { parsed } from '../store/tables.js';

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
  const active = agreement.state === 'accepted';
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
      guarantees: [...call.guarantees],
      utilisation: utilisation(call),
    },
  });
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
