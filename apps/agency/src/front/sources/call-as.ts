import { isoTime } from '@cloud-agency/runtime';
import { type Call, callDocument, isWsagJson, isXml, renderOffer, writeOpenSlo } from '@cloud-agency/sla';
import type { JsonValue } from '@cloud-agency/occi';
import { stringify } from 'yaml';
import { type CfpRow, parsed } from '../../store/tables.js';
import type { MediaType } from '../media.js';
import { openSloType } from './openslo-type.js';
import { type WsagType, wsagTypes, writtenAs } from './wsag-types.js';

type Row = Pick<CfpRow, 'id' | 'document' | 'call' | 'created_at'>;

/** What a call can be given back as (OCCI.md 4), whatever it came as. */
export const callTypes = [
  'application/yaml',
  'application/vnd.cloud-agency.cfp+json',
  ...wsagTypes,
  openSloType,
] as const satisfies readonly MediaType[];
type CallType = (typeof callTypes)[number];

/** The document word for word where it came in this type; else the same call written anew. Without the secrets of its webhooks. */
export function callAs(type: CallType, row: Row): string {
  return (typeOf(row.document) === type ? asSubmitted(row) : undefined) ?? writers[type](row);
}

const writers: Readonly<Record<CallType, (row: Row) => string>> = {
  'application/yaml': (row) => stringify(shownDocument(row)),
  'application/vnd.cloud-agency.cfp+json': (row) => `${JSON.stringify(shownDocument(row), undefined, 2)}\n`,
  'application/wsag+xml': (row) => asOffer('application/wsag+xml', row),
  'application/wsag+json': (row) => asOffer('application/wsag+json', row),
  [openSloType]: ({ call }) => asObjectives(parsed(call)),
};

/** What it promises, and nothing else of it: OpenSLO has no word for that. */
const asObjectives = (call: Call): string => writeOpenSlo(call.name, call.guarantees, call);

function asOffer(type: WsagType, { id, call: stored, created_at }: Row): string {
  const call: Call = parsed(stored);
  return writtenAs(type, renderOffer(call, { id, replyBy: isoTime(created_at + call.negotiate.replyBy) }));
}

function typeOf(document: string): CallType {
  if (isXml(document)) return 'application/wsag+xml';
  if (isWsagJson(document)) return 'application/wsag+json';
  return /^\s*\{/.test(document) && isJson(document) ? 'application/vnd.cloud-agency.cfp+json' : 'application/yaml';
}

/** YAML may begin like JSON. */
function isJson(document: string): boolean {
  try {
    JSON.parse(document);
    return true;
  } catch {
    return false;
  }
}

/** Undefined when a secret stands there in some other spelling, so that it cannot be taken out of the text. */
function asSubmitted({ document, call }: Row): string | undefined {
  const secrets = parsed<Call>(call).notify.flatMap(({ secret }) => secret ?? []);
  if (secrets.length === 0) return document;
  const shown = secrets.reduce((text, secret) => text.replaceAll(secret, withheld), document);
  const values = JSON.stringify(callDocument(shown));
  return secrets.some((secret) => values.includes(secret)) ? undefined : shown;
}

const withheld = '[secret]';

/** The document as plain values, as its author wrote it, but for the secrets of its webhooks. */
export function shownDocument({ document }: Pick<Row, 'document'>): JsonValue {
  const whole = callDocument(document) as JsonValue;
  if (!isObject(whole) || !Array.isArray(whole.notify)) return whole;
  const shown = (whole.notify as readonly JsonValue[]).map((subscription) =>
    isObject(subscription) && 'secret' in subscription ? { ...subscription, secret: withheld } : subscription,
  );
  return { ...whole, notify: shown };
}

const isObject = (value: JsonValue): value is Readonly<Record<string, JsonValue>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
