import type { Guarantee, ServiceLevel } from '../documents/call.js';
import type { AgreementLife } from './life-cycle.js';
import type { Standing } from './levels.js';

/** What one side offers another to agree on: plain values, so that it can be signed and stored as JSON. */
export interface AgreementOffer {
  readonly name: string;
  /** Who makes the offer, and consumes what is agreed. */
  readonly initiator: string;
  /** Who answers it, and provides. */
  readonly responder: string;
  /** What is to be provided, in words of the two sides' own. */
  readonly services: Readonly<Record<string, unknown>>;
  /** USD a month. */
  readonly price: number;
  readonly guarantees: readonly Guarantee[];
  readonly fallback?: ServiceLevel;
  /** ms since 1970; absent: from when it is accepted, until it is terminated. */
  readonly effectiveFrom?: number;
  readonly effectiveUntil?: number;
}

/** That a side stands by a text: the offer (its initiator) or the terms as agreed (its responder), in canonical JSON. */
export interface Signature {
  readonly party: string;
  readonly of: 'offer' | 'agreement';
  readonly value: string;
}

/** An agreement with its life. */
export interface Agreement extends AgreementLife {
  readonly id: string;
  readonly offer: AgreementOffer;
  readonly signatures: readonly Signature[];
  /** Its levels so far, in order; none yet: the agreed one. */
  readonly levels: readonly Standing[];
  /** Grows by one with every change, so that none overwrites another unseen. */
  readonly version: number;
}

/** What a responder signs: the agreement as it was concluded, whatever becomes of it later. */
export function concludedText({ id, offer, agreedAt }: Pick<Agreement, 'id' | 'offer' | 'agreedAt'>): string {
  return canonicalJson({ id, offer, agreedAt });
}

/** JSON with the members of every object in the order of their names and no space: one text for one value, whoever writes it (as RFC 8785). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one: unknown) => canonicalJson(one ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const sorted = members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
