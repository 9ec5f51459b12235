import type { InformMessage } from '@cloud-agency/bus';
import type { EventType } from '../store/events.js';
import type { Work } from '../store/agency-store.js';
import { parsed, type PlacementRow, type ResourceRow } from '../store/tables.js';

/** What vendors announce of a machine that runs: it is taken back, costs something else from now on, or is not sold any more. */
export const noticeStates = ['ending', 'repriced', 'retiring'] as const;
export type NoticeState = (typeof noticeStates)[number];
type Notice = InformMessage & { readonly state: NoticeState };

/** The event of a notice. */
export interface Announced {
  readonly type: EventType & `resource.${NoticeState}`;
  readonly message: string;
  /** What a rule's `if` can compare. */
  readonly values: Readonly<Record<string, number>>;
}

/** Told of the resource whose machine an announcement is about; resolves to whether its call's webhooks are to hear of it in any case. */
export type OnNotice = (work: Work, resource: ResourceRow, event: Announced) => Promise<boolean>;

/** Whoever has a rule for it, or a webhook, has as long as the vendor gives notice. */
export async function takeNotice(work: Work, placement: PlacementRow, notice: Notice, onNotice: OnNotice): Promise<void> {
  const resource = await work.tables.selectFrom('resource').selectAll().where('id', '=', placement.resource).executeTakeFirst();
  if (resource?.placement !== placement.id) return;
  const { change, data, values } = noted(placement, notice);
  await work.tables.updateTable('placement').set(change).where('id', '=', placement.id).execute();
  await work.tables.updateTable('resource').set({ message: notice.message }).where('id', '=', resource.id).execute();
  const type = `resource.${notice.state}` as const;
  const message = `${resource.title}: ${notice.message}`;
  const told = await onNotice(work, resource, { type, message, values });
  await work.record({
    type,
    tenant: resource.tenant,
    subject: `/compute/${resource.id}`,
    cfp: resource.cfp,
    agreement: placement.agreement,
    message,
    data: { resource: resource.id, item: resource.item, placement: placement.id, ...data },
    told,
  });
}

interface Noted {
  readonly change: Partial<Pick<PlacementRow, 'announced_price' | 'leaving'>>;
  readonly data: object;
  readonly values: Announced['values'];
}

function noted({ offer, announced_price: before, leaving }: PlacementRow, { state, price }: Notice): Noted {
  if (state !== 'repriced') return { change: { leaving: leaving === 'ending' ? leaving : state }, data: {}, values: {} };
  const agreed = parsed(offer).price;
  const [from, to] = [before ?? agreed, price ?? agreed];
  const values = from > 0 ? { change: (100 * (to - from)) / from } : {};
  const change = { announced_price: to === agreed ? null : to, leaving: leaving === 'retiring' ? null : leaving };
  return { change, data: { from, to, currency: 'USD' }, values };
}
