import { jointAvailability, targetsOf } from './availability.js';
import type { AvailabilityTarget, Call, Demand } from './call.js';
import type { Probe } from './probes/probe.js';
import { budget, defaultNegotiate, defaultSelecting, type NamedPolicies, negotiate, selecting } from './choosing.js';
import { checkConsistency } from './contradictions.js';
import { choice, type Fields, mapping, type Reader, text } from './fields.js';
import { guarantees } from './guarantees.js';
import type { Counts } from './item-names.js';
import { fallbackLevel } from './levels.js';
import { checkReferences } from './placing.js';
import { probes } from './probes.js';
import { Problems } from './problems.js';
import { reactions } from './reactions.js';
import { type Item, resources } from './resources.js';
import { scrapes } from './scraping.js';
import { plainValue } from './source.js';
import { traffic } from './traffic.js';
import { subscriptions } from './watching.js';
import { readWritten } from './written.js';
import { type AgreementTemplates, checkTemplate } from './wsag/check-template.js';

/** A call as the agents use it, and the document as its author wrote it. */
export interface ParsedCall {
  readonly call: Call;
  readonly document: unknown;
  /** Id of the running agreement that is to become what the call says; absent: it is for a new one. */
  readonly renegotiates?: string;
}

const noPolicies: NamedPolicies = new Map();

/**
 * Reads a Call for Proposals (CFP.md 1) from YAML or JSON text, or from a WS-Agreement offer (docs/wsag.md). `stored` are the policies that
 * its author may name; `received`, in ms since 1970, is what an offer's ExpirationTime is counted from; `templates` are those that its author
 * may name, and a call that names one keeps within it. Without them that is not looked at.
 *
 * Throws AgencyError `invalid-document` (every problem at once, each with path, line and column), `contradictory-constraints` (nothing can
 * ever meet it), `unsupported` (valid, but not carried out yet) or `too-large`.
 */
export function parseCall(
  written: string,
  stored: NamedPolicies = noPolicies,
  received?: number,
  templates?: AgreementTemplates,
): ParsedCall {
  const { document: source, renegotiates } = readWritten(written, received);
  const problems = new Problems();
  const call = document(stored)(source, problems);
  if (call && templates) checkTemplate(call, source, templates, problems);
  problems.throwIfAny();
  if (!call) throw new Error('a document without problems is a call');
  return { call, document: plainValue(source), ...(renegotiates !== undefined && { renegotiates }) };
}

/** The call document as plain values, as its author wrote it, whatever it was written in. @throws AgencyError as parseCall does. */
export function callDocument(written: string): unknown {
  return plainValue(readWritten(written).document);
}

const callName = text(63, { matches: /^[a-z0-9][a-z0-9-]*$/, wanted: 'a name: lower-case letters, digits and -' });

const document = (stored: NamedPolicies): Reader<Call> =>
  mapping((fields, problems) => {
    fields.required('apiVersion', choice(['cloud-agency/v1']), 'write apiVersion: cloud-agency/v1');
    fields.required('kind', choice(['CallForProposals']), 'write kind: CallForProposals');
    const name = fields.required('name', callName, 'lower-case letters, digits and -');
    const items = fields.required('resources', resources) ?? new Map<string, Item>();
    const atMost = fields.optional('budget', budget);
    const chosen = fields.optional('select', selecting(stored)) ?? defaultSelecting;
    const terms = fields.optional('negotiate', negotiate) ?? defaultNegotiate;
    const watched = watching(fields, items);
    const joint = { traffic: fields.optional('traffic', traffic(items)) ?? [], availability: targets(fields, items, problems) };
    fields.unsupported({ links: 'links are not carried out yet: only compute is brokered' });
    const subscription = fields.optional('subscription', text());
    const template = fields.optional('template', callName);
    checkReferences(items, problems);
    if (!problems.malformed) checkConsistency([...items.values()], chosen, problems);
    if (name === undefined) return undefined;
    const needs = [...items.values()].map(({ need }) => need);
    const deployments = Object.fromEntries([...items].map(([item, { deployment }]) => [item, deployment]));
    const demand = { needs, ...(atMost && { budget: atMost }), ...chosen, ...unlessEmpty(joint) };
    const said = { ...(subscription !== undefined && { subscription }), ...(template !== undefined && { template }) };
    return { name, demand, deployments, negotiate: terms, ...watched, ...said };
  });

/** What nothing is said of is left out. */
function unlessEmpty({ traffic: flows = [], availability = [] }: Pick<Demand, 'traffic' | 'availability'>): Partial<Demand> {
  return { ...(flows.length > 0 && { traffic: flows }), ...(availability.length > 0 && { availability }) };
}

function targets(fields: Fields, items: ReadonlyMap<string, Item>, problems: Problems): readonly AvailabilityTarget[] {
  const joint = fields.optional('availability', jointAvailability(items)) ?? [];
  return targetsOf([...items.values()], joint, (names) => {
    problems.add(fields.placeOf('availability'), `the availability of ${names} is stated twice`);
  });
}

/** How often each item is probed, ms. */
function shortest(probing: readonly Probe[]): ReadonlyMap<string, number> {
  const every = new Map<string, number>();
  for (const probe of probing) every.set(probe.of, Math.min(probe.every, every.get(probe.of) ?? Infinity));
  return every;
}

function watching(
  fields: Fields,
  items: ReadonlyMap<string, Item>,
): Pick<Call, 'probes' | 'scrape' | 'guarantees' | 'fallback' | 'reactions' | 'notify'> {
  const counts: Counts = new Map([...items].map(([name, { need }]) => [name, need.count]));
  const probing = fields.optional('probes', probes(counts)) ?? [];
  const scraping = fields.optional('scrape', scrapes(counts)) ?? [];
  const watched = { counts, probed: shortest(probing) };
  const agreed = fields.optional('guarantees', guarantees(watched)) ?? [];
  const fallback = fields.optional('levels', fallbackLevel(watched, agreed));
  const promised = {
    ...watched,
    guarantees: [...agreed, ...(fallback?.guarantees ?? [])],
    fallsBack: fallback !== undefined,
  };
  return {
    probes: probing,
    ...(scraping.length > 0 && { scrape: scraping }),
    guarantees: agreed,
    ...(fallback && { fallback }),
    reactions: fields.optional('reactions', reactions(promised)) ?? [],
    notify: fields.optional('notify', subscriptions) ?? [],
  };
}
