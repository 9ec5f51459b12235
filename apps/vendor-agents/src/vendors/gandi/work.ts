import { type Json, text } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import type { GandiApi } from './gandi-api.js';

/** One of Gandi's operations: whatever is asked for becomes one, and is worked off after others (Operation API). */
export interface Operation {
  readonly type: string;
  readonly isPending: boolean;
  /** Why it has failed; undefined when it has not. */
  readonly failure: string | undefined;
}

const pending: readonly string[] = ['BILL', 'WAIT', 'RUN'];
const failed: readonly string[] = ['ERROR', 'CANCEL', 'SUPPORT'];

/** The latest operations on a machine or a disk, the newest first. */
export async function operationsOn(api: GandiApi, subject: Readonly<Record<string, number>>): Promise<readonly Operation[]> {
  const rows = await api.read('operation.list', { ...subject, sort_by: 'date_created DESC', items_per_page: 10 });
  if (!Array.isArray(rows)) throw malformed('operation.list answered without a list');
  return (rows as readonly Json[]).map(operationOf);
}

function operationOf(operation: Json): Operation {
  const [type = '', step = ''] = [text(operation, 'type'), text(operation, 'step')];
  const failure = text(operation, 'last_error') ?? `the operation ${type} has ended with the step ${step}`;
  return { type, isPending: pending.includes(step), failure: failed.includes(step) ? failure : undefined };
}
