import { deliver } from '../store/events.js';
import type { Work } from '../store/agency-store.js';

/** Hands an event on to every webhook of a call: a rule with limits has decided that it is to be told. */
export async function passOn(work: Work, cfp: string, event: number): Promise<void> {
  const webhooks = await work.tables.selectFrom('webhook').select('id').where('cfp', '=', cfp).execute();
  for (const { id } of webhooks) await deliver(work.tables, work.now, id, event);
}
