/** What rules say that makes no sense together: which fields belong where, and which actions answer which events. */
import { isOfGuarantee, isUse } from './events.js';
import type { Fields } from './fields.js';
import type { Place, Problems } from './problems.js';
import type { Reaction } from './reaction.js';

type Action = Reaction['do'];

/** A field that only some rules have: where it belongs, in words. */
interface Owned {
  readonly belongs: string;
  readonly to: (on: string, action: Action) => boolean;
}

const moves = (action: Action): boolean => action === 'replace' || action === 'migrate';
const ofUse: Owned = { belongs: 'to resource.overused and resource.underused', to: isUse };
const ofRisk: Owned = { belongs: 'to sla.at_risk', to: (on) => on === 'sla.at_risk' };
const ofScale: Owned = { belongs: 'to do: scale', to: (_, action) => action === 'scale' };

const owned: Readonly<Record<string, Owned>> = {
  term: { belongs: 'to sla.at_risk, sla.violated and sla.recovered', to: isOfGuarantee },
  risk: ofRisk,
  burn_rate: ofRisk,
  metric: ofUse,
  above: ofUse,
  below: ofUse,
  for: ofUse,
  until: ofUse,
  size: ofScale,
  up_to: ofScale,
  down_to: ofScale,
  of: {
    belongs: 'to events of machines and guarantees: others are of the whole agreement',
    to: (on) => on.startsWith('resource.') || isOfGuarantee(on),
  },
  overlap: {
    belongs: 'to do: replace and do: migrate, and for a better price the new machines always run first',
    to: (on, action) => moves(action) && on !== 'market.cheaper',
  },
  accept: { belongs: 'to do: renegotiate', to: (_, action) => action === 'renegotiate' },
  every: { belongs: 'to market.cheaper', to: (on) => on === 'market.cheaper' },
  by: {
    belongs: 'to do: scale, do: renegotiate and market.cheaper',
    to: (on, action) => action === 'scale' || action === 'renegotiate' || on === 'market.cheaper',
  },
  cool_down: { belongs: 'to what is done about machines and guarantees', to: (on) => isWatched(on) },
  at_most: { belongs: 'to what is done about machines and guarantees', to: (on) => isWatched(on) },
};

/** A field where it means nothing is refused, with the place where it would. */
export function checkFields(fields: Fields, on: string, action: Action, problems: Problems): void {
  for (const [name, { belongs, to }] of Object.entries(owned)) {
    if (!fields.has(name) || to(on, action)) continue;
    fields.source(name);
    problems.add(fields.placeOf(name), `"${name}" belongs ${belongs}`, `this rule is on: ${on}, do: ${action}`);
  }
}

const watched = ['down', 'up', 'ending', 'repriced', 'retiring', 'underused', 'overused'].map((state) => `resource.${state}`);

/** Events that rules can act on: the others are about negotiations, vendors, or what the Agency itself has done. */
const isWatched = (on: string): boolean => watched.includes(on) || isOfGuarantee(on) || on === 'market.cheaper';

interface Answers {
  readonly events: (on: string) => boolean;
  readonly hint: string;
}

const answers: Readonly<Record<Action, Answers>> = {
  notify: { events: () => true, hint: '' },
  replace: {
    events: (on) => on === 'resource.down' || on === 'resource.ending' || on === 'resource.retiring',
    hint: 'replace answers resource.down, resource.ending and resource.retiring; migrate moves a machine that works',
  },
  migrate: {
    events: (on) => on !== 'resource.down' && on !== 'resource.up' && isWatched(on),
    hint: 'migrate moves a machine that works: it answers events of guarantees, market.cheaper, resource.ending, resource.repriced, resource.retiring, resource.overused and resource.underused',
  },
  scale: {
    events: (on) => on !== 'market.cheaper' && isWatched(on),
    hint: 'scale answers events of machines and of guarantees',
  },
  renegotiate: { events: isWatched, hint: 'renegotiate answers market.cheaper and events of machines and of guarantees' },
  terminate: {
    events: (on) => on !== 'market.cheaper' && on !== 'resource.up' && on !== 'sla.recovered' && isWatched(on),
    hint: 'terminate answers what goes wrong with machines and guarantees',
  },
};

export function checkAction(fields: Fields, on: string, action: Action, problems: Problems): void {
  const { events, hint } = answers[action];
  if (!events(on)) problems.add(fields.placeOf('do'), `${action} is no answer to ${on}`, hint);
}

/** Growing and shrinking by one and the same use would take turns for ever. */
export function checkFlapping(rules: readonly Reaction[], place: Place, problems: Problems): void {
  const scaling = rules.filter(({ do: action }) => action === 'scale');
  const growing = scaling.filter(({ use }) => use?.side === 'above');
  const shrinking = scaling.filter(({ use }) => use?.side === 'below');
  for (const high of growing) for (const low of shrinking) checkGap(high, low, place, problems);
}

function checkGap(high: Reaction, low: Reaction, place: Place, problems: Problems): void {
  const [above = 1, below = 0] = [high.use?.bound, low.use?.bound];
  const items = new Set([high.of, low.of]);
  const meet = items.size === 1 || items.has(undefined);
  if (!meet || below < above) return;
  const what = `${high.of ?? low.of ?? 'a machine'} is overused above ${percent(above)} and underused below ${percent(below)}`;
  problems.contradiction(place, `${what}: between the two it would grow and shrink for ever`);
}

const percent = (share: number): string => `${Number((share * 100).toFixed(4))} %`;
