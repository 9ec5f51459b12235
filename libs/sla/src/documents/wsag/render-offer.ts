import type { Call } from '../call.js';
import { element, type Elements, leaf, own } from './build.js';
import { constraints, context, leftOut, terms, time } from './render-call.js';
import type { WsagDocument } from './tree.js';

/** How an offer is called, and by when vendors are to have replied to it, ISO 8601. */
export interface Offered {
  readonly id: string;
  readonly replyBy: string;
  /** Where the running agreement is told of that it is to change, e.g. `/agreement/ID`. */
  readonly renegotiates?: string;
}

/**
 * A call as a `neg:NegotiationOffer`, valid against the schemas of data/wsag, which reads back as the same call. What has no place in a call
 * document is named in a comment, and so is what is withheld.
 */
export function renderOffer(call: Call, { id, replyBy, renegotiates }: Offered): WsagDocument {
  const [root] = element(
    'neg:NegotiationOffer',
    { 'neg:OfferId': id },
    leaf('wsag:Name', call.name),
    context(call, { renegotiates }),
    terms(call),
    offerContext(call, replyBy),
    constraints(call),
  );
  return { root, comments: leftOut(call) };
}

function offerContext({ negotiate }: Call, replyBy: string): Elements {
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
