import type { Fields } from '../fields.js';
import type { Problems } from '../problems.js';
import type { Value } from '../wsag/build.js';
import { dns } from './dns.js';
import { http } from './http.js';
import { icmp } from './icmp.js';
import type { ProbeKind } from './kind.js';
import type { ProbeWhat } from './probe.js';
import { tcp } from './tcp.js';

type NamesOf<T> = T extends unknown ? keyof T : never;
export type ProbeKindName = NamesOf<ProbeWhat>;
/** What a probe of that kind asks. */
export type AskOf<Name extends ProbeKindName> = FieldOf<ProbeWhat, Name>;
type FieldOf<What, Name extends string> = What extends Readonly<Record<Name, infer Ask>> ? Ask : never;

/** Every kind of probe. Its meter in libs/probes has the same name. */
const kinds: { readonly [Name in ProbeKindName]: ProbeKind<AskOf<Name>> } = { http, tcp, dns, icmp };
const names = Object.keys(kinds) as ProbeKindName[];

export function kindOf(what: ProbeWhat): ProbeKindName {
  const found = names.find((name) => name in what);
  if (!found) throw new Error('a probe without a kind');
  return found;
}

/** A probe's fields name exactly one kind. */
export function readWhat(fields: Fields, problems: Problems): ProbeWhat | undefined {
  const [name, ...more] = names.filter((kind) => fields.source(kind) !== undefined);
  if (name === undefined) problems.add(fields.place, 'it does not say what is probed', `add one of ${names.join(', ')}`);
  for (const other of more)
    problems.add(fields.placeOf(other), `it probes by ${String(name)} already`, 'make it a probe of its own');
  if (name === undefined || more.length > 0) return undefined;
  const what = fields.optional<unknown>(name, kinds[name].read);
  return what === undefined ? undefined : ({ [name]: what } as unknown as ProbeWhat);
}

/** The field of a document that says what is probed. */
export function writtenWhat(what: ProbeWhat): { readonly [name: string]: Value } {
  const name = kindOf(what);
  const { write } = kinds[name] as ProbeKind<unknown>;
  return { [name]: write((what as Readonly<Record<string, unknown>>)[name]) };
}
