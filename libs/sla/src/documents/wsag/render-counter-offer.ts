import type { Call } from '../call.js';
import { element, type Elements, leaf, own } from './build.js';
import type { OfferState } from './offer-states.js';
import { constraints, context, leftOut, terms } from './render-call.js';
import { type Placed, placementTerms } from './render-placements.js';
import type { WsagDocument } from './tree.js';

/** A proposal, as an offer that answers the client's. */
export interface CounterOffer {
  readonly id: string;
  readonly call: Call;
  /** The OfferId of what it answers. */
  readonly answers: string;
  readonly placed: readonly Placed[];
  /** USD a month. */
  readonly cost: number;
  /** Until when it binds, ISO 8601. */
  readonly expires: string;
  /** As of the offer that it answers. */
  readonly renegotiates?: string;
  /** Absent: an agreement can be made of it; else why no more, in a word. */
  readonly closed?: string;
}

/** A proposal as a `neg:NegotiationCounterOffer`: what the call asks for, and by which offers and at what price it is met. */
export function renderCounterOffer(offer: CounterOffer): WsagDocument {
  const { call } = offer;
  const [root] = element(
    'neg:NegotiationCounterOffer',
    { 'neg:OfferId': offer.id },
    leaf('wsag:Name', call.name),
    context(call, { renegotiates: offer.renegotiates }),
    terms(call, placementTerms(offer.placed, offer.cost)),
    element(
      'neg:NegotiationOfferContext',
      {},
      leaf('neg:CounterOfferTo', offer.answers),
      leaf('neg:ExpirationTime', offer.expires),
      leaf('neg:Creator', 'NegotiationResponder'),
      element('neg:State', {}, state(offer)),
    ),
    constraints(call),
  );
  return { root, comments: leftOut(call) };
}

function state({ closed }: CounterOffer): Elements {
  const name: OfferState = closed === undefined ? 'Acceptable' : 'Rejected';
  return element(`neg:${name}`, {}, own('reason', closed));
}
