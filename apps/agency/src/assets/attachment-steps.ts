/**
 * The next thing about one attachment (CFP.md 5): wait for its machine, have its volume or network made there, attach it; take it off a
 * machine where it is not wanted any more. Each step ends in a command to the vendor agent, whose result calls for the next.
 */
import type { Operation } from '@cloud-agency/bus';
import type { Ids } from '@cloud-agency/runtime';
import { ask, openTask } from '../resources/tasks.js';
import type { Work } from '../store/agency-store.js';
import { parsed, type PlacementRow, type RealisationRow } from '../store/tables.js';
import { changeAttachment, takeUp, troubled } from './changes.js';
import { abilityFor, apartWords, placeWords, together } from './places.js';
import { makeRealisation } from './realising.js';
import { realisationsOf, type Situation, situationOf, siteOf } from './situation.js';

export interface StepTools {
  readonly ids: Ids;
  readonly abilitiesOf: (agent: string) => readonly string[];
}

/** Safe to repeat, and to be taken by two processes at once: only one of them sees the row as due. */
export async function stepAttachment(work: Work, id: string, tools: StepTools): Promise<void> {
  const attachment = await takeUp(work, 'attachment', id);
  // What is under way at the vendor comes back here with its result.
  if (!attachment || (await openTask(work, id))) return;
  const situation = await situationOf(work, attachment);
  const { berth } = situation;
  if (attachment.placement !== null && attachment.placement !== berth?.id) await takeOff(work, situation, tools);
  else if (!berth) await rest(work, situation);
  else if (attachment.placement !== berth.id || attachment.state !== 'active') await bring(work, situation, berth, tools);
}

/** Nothing of it is at any machine. */
async function rest(work: Work, { attachment, asset }: Situation): Promise<void> {
  if (attachment.wanted === 'gone') {
    await work.tables.deleteFrom('attachment').where('id', '=', attachment.id).execute();
    await work.tables
      .updateTable('asset')
      .set((set) => ({ due: set('due', '+', 1), next_at: 0 }))
      .where('id', '=', asset.id)
      .execute();
    return;
  }
  const message = asset.wanted === 'at-rest' ? `the ${asset.kind} is at rest` : 'waits for the compute';
  await changeAttachment(work, attachment.id, { state: 'inactive', message });
}

async function takeOff(work: Work, { attachment, asset }: Situation, { ids }: StepTools): Promise<void> {
  const { placement, realisation } = attachment;
  const from = await work.tables.selectFrom('realisation').selectAll().where('id', '=', realisation).executeTakeFirst();
  if (!from || placement === null) {
    await changeAttachment(work, attachment.id, { placement: null, realisation: null, facts: '{}', due: 1 });
    return;
  }
  const operation: Operation =
    asset.kind === 'storage'
      ? { do: 'detach-volume', volume: from.id, placement }
      : { do: 'leave-network', network: from.id, placement, interface: attachment.id };
  await ask(work, { id: ids.next(), subject: attachment.id, about: 'attachment', agent: from.agent, operation });
  await changeAttachment(work, attachment.id, { state: 'leaving', message: `being taken off at ${placeWords(from)}` });
}

async function bring(work: Work, situation: Situation, berth: PlacementRow, tools: StepTools): Promise<void> {
  const { attachment, asset } = situation;
  const site = siteOf(asset.kind, berth);
  const ability = abilityFor[asset.kind];
  if (!tools.abilitiesOf(site.agent).includes(ability)) {
    await troubled(work, attachment, { message: `${site.vendor} has no ${ability} that the Agency could use`, passing: false });
    return;
  }
  const all = (await realisationsOf(work, asset.id)).filter(({ state }) => state === 'creating' || state === 'active');
  const here = all.find((one) => together(one, site));
  const [elsewhere] = all;
  if (!here && elsewhere && asset.kind === 'storage') {
    const message = apartWords(`/compute/${attachment.compute}`, site, `/storage/${asset.id}`, elsewhere);
    await troubled(work, attachment, { message, passing: false });
  } else if (!here) {
    await makeRealisation(work, asset, site, tools.ids);
    await changeAttachment(work, attachment.id, {
      state: 'joining',
      message: `its ${asset.kind} is being made at ${placeWords(site)}`,
    });
  } else if (here.state === 'active') await attach(work, situation, berth, here, tools);
}

async function attach(
  work: Work,
  { attachment, asset }: Situation,
  { id: placement }: PlacementRow,
  to: RealisationRow,
  { ids }: StepTools,
): Promise<void> {
  const { attributes = {} } = parsed(attachment.given);
  const wish = (name: string): string | undefined => {
    const value = attributes[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const device = wish('occi.storagelink.deviceid');
  const address = wish('occi.networkinterface.address');
  const operation: Operation =
    asset.kind === 'storage'
      ? { do: 'attach-volume', volume: to.id, placement, ...(device === undefined ? {} : { device }) }
      : {
          do: 'join-network',
          network: to.id,
          placement,
          interface: attachment.id,
          ...(address === undefined || attributes['occi.networkinterface.allocation'] === 'dynamic' ? {} : { address }),
        };
  await ask(work, { id: ids.next(), subject: attachment.id, about: 'attachment', agent: to.agent, operation });
  await changeAttachment(work, attachment.id, {
    state: 'joining',
    message: `being attached at ${placeWords(to)}`,
    placement,
    realisation: to.id,
  });
}
