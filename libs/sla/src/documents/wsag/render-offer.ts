import type { Call, Need } from '../call.js';
import { exactly } from '../exactly.js';
import { namespaces } from './names.js';
import { onDemandItem, optionalItem, requiredItem, termPath } from './render-constraints.js';
import { renderGuarantees } from './render-guarantees.js';
import { reactionFields } from './render-reactions.js';
import { element, leaf, own, type Value, type Xml } from './write-xml.js';

/**
 * A call as a `neg:NegotiationOffer`, valid against the schemas of data/wsag, which reads back as the same call. `replyBy` is the instant by
 * which vendors are to have replied, ISO 8601. What has no place in a call document is named in a comment, and so is what is withheld.
 */
export function renderOffer(call: Call, replyBy: string): string {
  const { wsag, neg, cfp, xs } = namespaces;
  const root = element(
    'neg:NegotiationOffer',
    { 'xmlns:neg': neg, 'xmlns:wsag': wsag, 'xmlns:cfp': cfp, 'xmlns:xs': xs },
    leaf('wsag:Name', call.name),
    context(call),
    element('wsag:Terms', {}, element('wsag:All', {}, ...terms(call))),
    offerContext(call, replyBy),
    constraints(call),
  );
  const comments = leftOut(call).map((what) => `<!-- Not in this document: ${what} -->`);
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...comments, ...root, ''].join('\n');
}

function context(call: Call): Xml {
  const { demand, negotiate, subscription, probes, reactions, notify } = call;
  return element(
    'wsag:Context',
    {},
    leaf('wsag:ServiceProvider', 'AgreementResponder'),
    element(
      'neg:NegotiationContext',
      {},
      element('neg:NegotiationType', {}, element('neg:Negotiation', {}, own('rounds', negotiate.rounds))),
      leaf('neg:AgreementResponder', 'NegotiationResponder'),
    ),
    own('call', {
      subscription,
      traffic: unlessEmpty(
        (demand.traffic ?? []).map(({ from, to, volume }) => ({ from, to, volume: exactly(volume, 'volume') })),
      ),
      availability: unlessEmpty(
        (demand.availability ?? [])
          .filter(({ items }) => !isOwn(items))
          .map(({ items, atLeast }) => ({ at_least: exactly(atLeast, 'fraction'), of: items })),
      ),
      select: selecting(call),
      negotiate: {
        accept: negotiate.accept,
        accept_up_to: exactly(negotiate.acceptUpTo, 'share'),
        switching_cost: negotiate.switchingCost === undefined ? undefined : exactly(negotiate.switchingCost, 'money'),
        least_gain: negotiate.leastGain === undefined ? undefined : exactly(negotiate.leastGain, 'fraction'),
      },
      probes: unlessEmpty(probes.map((probe) => ({ ...probe, every: time(probe.every), timeout: time(probe.timeout) }))),
      reactions: unlessEmpty(reactions.map(reactionFields)),
      notify: unlessEmpty(notify.map(({ url, events }) => ({ url, events }))),
    }),
  );
}

const time = (ms: number): string => exactly(ms, 'duration');
const unlessEmpty = (values: readonly Value[]): Value | undefined => (values.length > 0 ? values : undefined);

function selecting({ demand: { policy, objectives, front, proposals } }: Call): Value {
  return {
    policy,
    objectives: objectives.map(({ of, direction, weight, to, expression, tolerance }) => ({
      [direction]: expression ?? of,
      weight,
      to: to && { latitude: to.latitude, longitude: to.longitude },
      tolerance: tolerance === undefined ? undefined : exactly(tolerance, 'fraction'),
    })),
    front,
    // A knee is one plan however many are asked for, and to ask for more is refused.
    proposals: front === 'knee' && proposals > 1 ? undefined : proposals,
  };
}

function terms(call: Call): readonly Xml[] {
  const price = element('wsag:ServiceDescriptionTerm', named(priceTerm, 'all'), element('cfp:Price', {}));
  return [
    ...call.demand.needs.map((need) => described(need, call)),
    ...(call.demand.budget ? [price] : []),
    ...renderGuarantees(call.guarantees),
  ];
}

/** No item of a call can be named like that. */
const priceTerm = 'Price';
const named = (name: string, service = name) => ({ 'wsag:Name': name, 'wsag:ServiceName': service });

function described(need: Need, call: Call): Xml {
  const { item, kind, count, spread, apartFrom, with: together = [], minUp } = need;
  const deployment = call.deployments[item];
  const target = call.demand.availability?.find(({ items }) => isOwn(items) && items.includes(item));
  const place = {
    spread: unlessEmpty(spread.map(({ over, atMost }) => ({ over, at_most: atMost }))),
    apart_from: unlessEmpty(apartFrom.map((apart) => apart.item)),
    with: unlessEmpty(together.map((other) => other.item)),
    over: [...apartFrom, ...together][0]?.over,
  };
  const availability = { at_least: target && exactly(target.atLeast, 'fraction'), min_up: minUp };
  return element(
    'wsag:ServiceDescriptionTerm',
    named(item),
    element(
      'cfp:Resource',
      {},
      own('kind', kind),
      own('count', count),
      spread.length + apartFrom.length + together.length > 0 ? own('place', place) : [],
      target || minUp !== undefined ? own('availability', availability) : [],
      own('ssh_key', deployment?.sshKey),
      own('user_data', deployment?.userData),
    ),
  );
}

/** What is said of one item alone stands with it. */
const isOwn = (items: readonly string[]): boolean => items.length === 1;

function offerContext({ negotiate }: Call, replyBy: string): Xml {
  return element(
    'neg:NegotiationOfferContext',
    {},
    leaf('neg:CounterOfferTo', 'call-for-proposals'),
    leaf('neg:ExpirationTime', replyBy),
    leaf('neg:Creator', 'NegotiationInitiator'),
    element('neg:State', {}, element('neg:Advisory', {})),
    own('reply_by', time(negotiate.replyBy)),
  );
}

function constraints({ demand: { needs, budget } }: Call): Xml {
  return element(
    'neg:NegotiationConstraints',
    {},
    ...needs.flatMap(({ item, require, prefer, onDemandAtLeast }) => [
      ...require.map((constraint) => requiredItem(item, constraint)),
      ...(onDemandAtLeast === undefined ? [] : [onDemandItem(item, onDemandAtLeast)]),
      ...prefer.map((preference) => optionalItem(item, preference)),
    ]),
    budget
      ? element(
          'neg:Item',
          { 'neg:Type': 'Required' },
          leaf('wsag:Location', `${termPath(priceTerm)}/cfp:Price/cfp:at_most`),
          element('wsag:ItemConstraint', {}, element('xs:maxInclusive', { value: budget.atMost })),
        )
      : [],
  );
}

/** Calls that an order of a single machine made know more than a document can say. */
function leftOut({ notify, deployments, demand }: Call): readonly string[] {
  const ownImage = Object.values(deployments).some(({ vendorImage }) => vendorImage !== undefined);
  return [
    ...(notify.some(({ secret }) => secret !== undefined) ? ['the secrets of webhooks, which are shown to nobody.'] : []),
    ...(ownImage ? ['the image of the account itself that the machine starts from.'] : []),
    ...(demand.accounts ? ['the accounts that alone may answer.'] : []),
  ];
}
