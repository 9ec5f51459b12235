/** What vendor agents made of what the steps asked for. */
import type { FailureReason, OperationOutcome } from '@cloud-agency/bus';
import type { EndedTask } from '../resources/tasks.js';
import type { Work } from '../store/agency-store.js';
import { type AttachmentFacts, type AttachmentRow, json } from '../store/tables.js';
import { changeAttachment, nudgeAsset, troubled } from './changes.js';
import { abandonMove, movedAll, type TakeOver } from './moving.js';
import { placeWords } from './places.js';

type Failed = Extract<OperationOutcome, { done: false }>;

/** Reasons that stay until somebody does something. */
const lasting: readonly FailureReason[] = ['bad-credentials', 'forbidden', 'invalid-request'];
/** A vendor that would not delete something is asked again after, ms. */
const deleteAgainMs = 30_000;

/** A volume or a network was to be made at a vendor, or deleted there. */
export async function realised(work: Work, task: EndedTask, outcome: OperationOutcome): Promise<void> {
  const row = await work.tables.selectFrom('realisation').selectAll().where('id', '=', task.subject).executeTakeFirst();
  if (!row) return;
  const deleting = task.operation.do === 'delete-volume' || task.operation.do === 'delete-network';
  const ofThis = work.tables.updateTable('realisation').where('id', '=', row.id);
  if (outcome.done && deleting) await work.tables.deleteFrom('realisation').where('id', '=', row.id).execute();
  else if (outcome.done) await ofThis.set({ state: 'active', vendor_id: outcome.vendorId ?? null, message: 'there' }).execute();
  else {
    await ofThis.set({ state: 'failed', message: wordsOf(outcome) }).execute();
    if (!deleting) await tellWaiting(work, row.asset, `could not be made at ${placeWords(row)}: ${wordsOf(outcome)}`, outcome);
  }
  await nudgeAsset(work, row.asset, !outcome.done && deleting ? work.now + deleteAgainMs : 0);
}

/** Those for which it was being made try again in a while. */
async function tellWaiting(work: Work, asset: string, message: string, outcome: Failed): Promise<void> {
  const waiting = await work.tables
    .selectFrom('attachment')
    .selectAll()
    .where('asset', '=', asset)
    .where('state', '=', 'joining')
    .where('placement', 'is', null)
    .execute();
  for (const attachment of waiting) await troubled(work, attachment, { message, passing: isPassing(outcome) });
}

/** A link was to be put on a machine, or taken off. `takeOver` lets a machine take over that had to wait for it. */
export async function attached(work: Work, task: EndedTask, outcome: OperationOutcome, takeOver: TakeOver): Promise<void> {
  const row = await work.tables.selectFrom('attachment').selectAll().where('id', '=', task.subject).executeTakeFirst();
  if (!row) return;
  const off = task.operation.do === 'detach-volume' || task.operation.do === 'leave-network';
  if (!outcome.done && !(off && outcome.reason === 'not-found')) {
    await troubled(work, row, { message: wordsOf(outcome), passing: isPassing(outcome) });
    if (row.heading !== null && !off) await abandonMove(work, row, wordsOf(outcome));
  } else if (off) await changeAttachment(work, row.id, { ...nowhere, due: row.due + 1, next_at: 0 });
  else {
    await changeAttachment(work, row.id, onMachine(row, outcome));
    if (row.heading !== null) await movedAll(work, row, takeOver);
  }
  await nudgeAsset(work, row.asset);
}

const nowhere = {
  state: 'inactive',
  message: 'taken off',
  placement: null,
  realisation: null,
  facts: json({}),
  attempts: 0,
} as const;

/** What happened meanwhile is seen to next. */
function onMachine({ due, kind }: AttachmentRow, outcome: OperationOutcome): Partial<AttachmentRow> {
  const facts: AttachmentFacts = outcome.done
    ? Object.fromEntries(
        Object.entries({
          // GFD.224: the interface is known by whatever identifies the device; a cloud gives it an id rather than a name.
          device: kind === 'networkinterface' ? outcome.vendorId : outcome.device,
          mac: outcome.mac,
          address: outcome.address,
        }).filter(([, value]) => value !== undefined && value !== null),
      )
    : {};
  return { state: 'active', message: 'attached', attempts: 0, facts: json(facts), due: due + 1, next_at: 0 };
}

const wordsOf = ({ reason, message }: Failed): string => `${reason}: ${message}`.slice(0, 4_000);
const isPassing = ({ reason }: Failed): boolean => !lasting.includes(reason);
