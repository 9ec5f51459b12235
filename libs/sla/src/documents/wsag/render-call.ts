import type { Call, Demand, Deployment, Need, ResourceAgent, Scrape } from '../call.js';
import { exactly } from '../exactly.js';
import { writtenWhat } from '../probes/kinds.js';
import type { Probe } from '../probes/probe.js';
import { element, type Elements, leaf, own, type Value } from './build.js';
import { levelFields } from './level-fields.js';
import { onDemandItem, optionalItem, requiredItem, termPath } from './render-constraints.js';
import { renderGuarantees } from './render-guarantees.js';
import { reactionFields } from './render-reactions.js';

/** Who is who in what was called for, and what has no place among its terms. `others` follow: see `contextShape`. */
export function context(call: Call, parties: Parties = {}, ...others: readonly Elements[]): Elements {
  const { template } = call;
  return element(
    'wsag:Context',
    {},
    parties.initiator === undefined ? [] : leaf('wsag:AgreementInitiator', parties.initiator),
    parties.responder === undefined ? [] : leaf('wsag:AgreementResponder', parties.responder),
    leaf('wsag:ServiceProvider', 'AgreementResponder'),
    parties.ends === undefined ? [] : leaf('wsag:ExpirationTime', parties.ends),
    template === undefined ? [] : leaf('wsag:TemplateId', template),
    negotiation(call, parties.renegotiates),
    fieldsOf(call),
    ...others,
  );
}

/** The parties to an agreement, and when it ends, ISO 8601; of an offer for a running agreement, the address of that. */
export interface Parties {
  readonly initiator?: string;
  readonly responder?: string;
  readonly ends?: string;
  readonly renegotiates?: string | undefined;
}

function negotiation({ negotiate }: Call, renegotiates: string | undefined): Elements {
  const rounds = own('rounds', negotiate.rounds);
  const type =
    renegotiates === undefined
      ? element('neg:Negotiation', {}, rounds)
      : element('neg:Renegotiation', {}, element('neg:ResponderAgreementEPR', {}, leaf('wsa:Address', renegotiates)), rounds);
  return element(
    'neg:NegotiationContext',
    {},
    element('neg:NegotiationType', {}, type),
    leaf('neg:AgreementResponder', 'NegotiationResponder'),
  );
}

function fieldsOf({ demand, negotiate, subscription, probes, scrape = [], fallback, reactions, notify }: Call): Elements {
  return own('call', {
    subscription,
    traffic: unlessEmpty((demand.traffic ?? []).map(({ from, to, volume }) => ({ from, to, volume: exactly(volume, 'volume') }))),
    availability: unlessEmpty(
      (demand.availability ?? [])
        .filter(({ items }) => !isOwn(items))
        .map(({ items, atLeast }) => ({ at_least: exactly(atLeast, 'fraction'), of: items })),
    ),
    select: selecting(demand),
    negotiate: {
      accept: negotiate.accept,
      accept_up_to: exactly(negotiate.acceptUpTo, 'share'),
      publish_reservation: negotiate.publishReservation === true ? 'true' : undefined,
      switching_cost: negotiate.switchingCost === undefined ? undefined : exactly(negotiate.switchingCost, 'money'),
      least_gain: negotiate.leastGain === undefined ? undefined : exactly(negotiate.leastGain, 'fraction'),
    },
    levels: fallback && [levelFields(fallback)],
    scrape: unlessEmpty(scrape.map(scrapeFields)),
    probes: unlessEmpty(probes.map(probeFields)),
    reactions: unlessEmpty(reactions.map(reactionFields)),
    notify: unlessEmpty(notify.map(({ url, events }) => ({ url, events }))),
  });
}

const agentFields = ({ every, metrics, openmetrics }: ResourceAgent): Value => ({ every: time(every), metrics, openmetrics });

const scrapeFields = ({ of, url, every, timeout, metrics }: Scrape): Value => ({
  ...{ of, url, every: time(every), timeout: time(timeout) },
  metrics: metrics.map(({ as, series, labels, combine }) => ({ as, series: selector(series, labels), combine })),
});

const selector = (series: string, labels: Readonly<Record<string, string>>): string => {
  const inside = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return inside.length === 0 ? series : `${series}{${inside.join(',')}}`;
};

const probeFields = ({ of, every, timeout, failures, ...what }: Probe): Value => ({
  of,
  ...writtenWhat(what),
  every: time(every),
  timeout: time(timeout),
  failures,
});

export const time = (ms: number): string => exactly(ms, 'duration');
const unlessEmpty = (values: readonly Value[]): Value | undefined => (values.length > 0 ? values : undefined);

function selecting({ policy, objectives, front, proposals }: Demand): Value {
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

/** Everything that is asked for; `bought` are terms that say what is given for it. */
export function terms(call: Call, bought: readonly Elements[] = []): Elements {
  const price = serviceTerm(priceTerm, 'all', element('cfp:Price', {}));
  const services = [...call.demand.needs.map((need) => described(need, call)), ...(call.demand.budget ? [price] : []), ...bought];
  return element('wsag:Terms', {}, element('wsag:All', {}, ...services, ...renderGuarantees(call.guarantees)));
}

/** `described` is the one element of our own that says what the service is. */
export const serviceTerm = (name: string, service: string, described: Elements): Elements =>
  element('wsag:ServiceDescriptionTerm', { 'wsag:Name': name, 'wsag:ServiceName': service }, described);

/** No item of a call can be named like that. */
const priceTerm = 'Price';

function described(need: Need, call: Call): Elements {
  const { item, kind, count, spread, apartFrom, with: together = [], minUp } = need;
  const target = call.demand.availability?.find(({ items }) => isOwn(items) && items.includes(item));
  const place = {
    spread: unlessEmpty(spread.map(({ over, atMost }) => ({ over, at_most: atMost }))),
    apart_from: unlessEmpty(apartFrom.map((apart) => apart.item)),
    with: unlessEmpty(together.map((other) => other.item)),
    over: [...apartFrom, ...together][0]?.over,
  };
  const availability = { at_least: target && exactly(target.atLeast, 'fraction'), min_up: minUp };
  return serviceTerm(
    item,
    item,
    element(
      'cfp:Resource',
      {},
      own('kind', kind),
      own('count', count),
      spread.length + apartFrom.length + together.length > 0 ? own('place', place) : [],
      target || minUp !== undefined ? own('availability', availability) : [],
      deployed(call.deployments[item]),
    ),
  );
}

const deployed = (deployment: Deployment | undefined): Elements => [
  ...own('ssh_key', deployment?.sshKey),
  ...own('user_data', deployment?.userData),
  ...own('agent', deployment?.agent && agentFields(deployment.agent)),
];

/** What is said of one item alone stands with it. */
const isOwn = (items: readonly string[]): boolean => items.length === 1;

export function constraints({ demand: { needs, budget } }: Call): Elements {
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

/** What a call knows and a document does not say: secrets, and what an order of a single machine makes known beside it. */
export function leftOut({ notify, deployments, demand }: Call): readonly string[] {
  const ownImage = Object.values(deployments).some(({ vendorImage }) => vendorImage !== undefined);
  return [
    ...(notify.some(({ secret }) => secret !== undefined)
      ? ['Not in this document: the secrets of webhooks, which are shown to nobody.']
      : []),
    ...(ownImage ? ['Not in this document: the image of the account itself that the machine starts from.'] : []),
    ...(demand.accounts ? ['Not in this document: the accounts that alone may answer.'] : []),
  ];
}
