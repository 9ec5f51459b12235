import {
  changeFromJson,
  checkedDraft,
  type EntityChange,
  type EntityDraft,
  fromBody,
  fromHeaders,
  readChange,
} from '../../src/index.js';
import { registry } from '../arbitrary.js';

/** A request that creates an entity, as it comes over the wire. */
export interface Sent {
  readonly name: string;
  /** Content-Type; none: text/plain. An empty one is not sent at all. */
  readonly type?: string;
  /** Field names as a client spells them; a name may come several times. */
  readonly headers?: readonly (readonly [string, string])[];
  /** Bytes where it is no text. */
  readonly body?: string | Buffer;
}

/** Odd, but legal: what it must be understood as. */
export interface Legal extends Sent {
  readonly draft: Partial<EntityDraft>;
}

/** The status that it is refused with, and a part of the sentence that says where and why. */
export interface Illegal extends Sent {
  readonly status: number;
  readonly says: string;
  /** Seen by the HTTP server only, before a rendering is read. */
  readonly onlyByHttp?: true;
}

export const typeOf = ({ type }: Sent): string => type ?? 'text/plain';

/** Reads a case by the library alone, as a front would. @throws AgencyError. */
export function read(sent: Sent): EntityDraft {
  return checkedDraft(change(sent), registry);
}

function change(sent: Sent): EntityChange {
  const type = typeOf(sent).split(/[;,]/)[0]?.trim().toLowerCase() ?? '';
  const body = (sent.body ?? '').toString();
  if (type === 'text/occi' || body.trim() === '') return readChange(fromHeaders(headersOf(sent)), registry);
  if (type.endsWith('json')) return changeFromJson(JSON.parse(body), registry);
  return readChange(fromBody(body), registry);
}

/** As Node gives them. */
function headersOf({ headers = [] }: Sent): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of headers) (all[name.toLowerCase()] ??= []).push(value);
  return all;
}
