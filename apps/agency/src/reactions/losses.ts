import type { InformMessage } from '@cloud-agency/bus';
import { giveBack, standing } from '../resources/placements.js';
import { fail } from '../resources/reports.js';
import { refreshSensors } from '../sensors/observing.js';
import type { Work } from '../store/agency-store.js';
import { type AgreementRow, parsed, type PlacementRow, type ResourceRow } from '../store/tables.js';
import { react, type Trigger } from './rules.js';

/**
 * A vendor does not know a machine any more. A resource that counted on it is in error and down, whether or not anybody probes it, and the
 * client's rules for that apply; what was only being provisioned has failed, and is planned anew (CFP.md 5).
 */
export async function takeLoss(work: Work, ids: { next(): string }, message: InformMessage): Promise<void> {
  const placement = await placementOf(work, message);
  if (!placement || !standing.includes(placement.state)) return;
  const resource = await carriedBy(work, placement);
  const agreement = await work.tables
    .selectFrom('agreement')
    .selectAll()
    .where('id', '=', placement.agreement)
    .executeTakeFirstOrThrow();
  if (placement.state !== 'active' || !resource || agreement.state === 'pending') {
    await fail(work, placement, 'not-found', message.message);
    await giveBack(work, placement, 'its vendor has lost it');
    return;
  }
  await setState(work, resource, 'error', message.message);
  const event = { type: 'resource.down', message: message.message, item: resource.item } as const;
  const told = agreement.state === 'accepted' && (await heed(work, ids, agreement, { event, resource }));
  await announce(work, resource, placement, { ...event, told });
}

async function heed(
  work: Work,
  ids: { next(): string },
  agreement: AgreementRow,
  about: Pick<Trigger, 'event' | 'resource'>,
): Promise<boolean> {
  const { call } = await work.tables.selectFrom('cfp').select('call').where('id', '=', agreement.cfp).executeTakeFirstOrThrow();
  return await react(work, ids, { agreement, call: parsed(call), ...about });
}

/** What was lost is there again. */
export async function takeReturn(work: Work, message: InformMessage): Promise<void> {
  const placement = await placementOf(work, message);
  const resource = placement?.state === 'active' ? await carriedBy(work, placement) : undefined;
  if (!placement || resource?.state !== 'error') return;
  await setState(work, resource, 'active', message.message);
  await announce(work, resource, placement, { type: 'resource.up', message: message.message });
}

async function placementOf(work: Work, { placement }: InformMessage): Promise<PlacementRow | undefined> {
  return await work.tables.selectFrom('placement').selectAll().where('id', '=', placement).executeTakeFirst();
}

/** The resource that this very placement carries. */
async function carriedBy(work: Work, placement: PlacementRow): Promise<ResourceRow | undefined> {
  return await work.tables
    .selectFrom('resource')
    .selectAll()
    .where('id', '=', placement.resource)
    .where('placement', '=', placement.id)
    .where('state', '!=', 'deleted')
    .executeTakeFirst();
}

async function setState(work: Work, { id }: ResourceRow, state: 'active' | 'error', message: string): Promise<void> {
  await work.tables.updateTable('resource').set({ state, message }).where('id', '=', id).execute();
  await refreshSensors(work, [id]);
}

async function announce(
  work: Work,
  resource: ResourceRow,
  placement: PlacementRow,
  { type, message, told = false }: { type: 'resource.down' | 'resource.up'; message: string; told?: boolean },
): Promise<void> {
  await work.record({
    type,
    tenant: resource.tenant,
    subject: `/compute/${resource.id}`,
    cfp: resource.cfp,
    agreement: placement.agreement,
    message: `${resource.title}: ${message}`,
    data: {
      agreement: placement.agreement,
      item: resource.item,
      resource: resource.id,
      placement: placement.id,
      reason: type === 'resource.down' ? 'lost' : 'found',
    },
    told,
  });
}
