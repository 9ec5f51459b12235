import type { Problems } from '../problems.js';
import { type MappingDraft, mapping, put, scalar } from './draft.js';
import { agreementReferredTo } from './agreement-reference.js';
import { callingStates, offerStateOf, stateElements } from './offer-states.js';
import { ownValue } from './own.js';
import { partsOf } from './shape.js';
import type { ReadElement } from './element.js';
import { textOf } from './tree.js';

/** When to reply, in how many rounds, and about which agreement, as WS-Agreement Negotiation says it. */
export class Negotiation {
  /** Id of the running agreement that the offer is to change; undefined where it is for a new one. */
  renegotiates: string | undefined;
  private readonly fields: MappingDraft = mapping({ line: 1, column: 1 });
  private readonly expirations: { readonly element: ReadElement; readonly time: number }[] = [];

  constructor(
    private readonly received: number | undefined,
    private readonly problems: Problems,
  ) {}

  readContext(element: ReadElement): void {
    const context = partsOf(element, contextShape, this.problems);
    this.readType(context.one('neg:NegotiationType'));
    this.expires(context.one('neg:ExpirationTime'));
    this.mustBe(context.one('neg:AgreementResponder'), 'NegotiationResponder', 'whoever calls initiates');
    const factory = context.one('neg:AgreementFactoryEPR');
    if (factory) this.problems.unsupported(factory, 'agreements are made here only');
    this.ownFields(context.others);
  }

  readOfferContext(element: ReadElement): void {
    const context = partsOf(element, offerContextShape, this.problems);
    this.expires(context.one('neg:ExpirationTime'));
    this.mustBe(context.one('neg:Creator'), 'NegotiationInitiator', 'whoever calls initiates');
    this.readState(context.one('neg:State'));
    this.ownFields(context.others);
  }

  /** A time to reply in words goes before an instant, which is over when the document is used again. */
  putInto(document: MappingDraft): void {
    const { received, expirations, fields, problems } = this;
    const [first] = [...expirations].sort((a, b) => a.time - b.time);
    if (first && !fields.entries.has('reply_by') && received !== undefined) {
      if (first.time > received) put(fields, 'reply_by', scalar(first.element.at, `${first.time - received} ms`), problems);
      else
        problems.add(
          first.element,
          `${textOf(first.element)} has passed`,
          'say how long vendors may take: <cfp:reply_by>5 s</cfp:reply_by>',
        );
    }
    if (fields.entries.size > 0) put(document, 'negotiate', fields, problems);
  }

  private readType(element: ReadElement | undefined): void {
    if (!element) return;
    const type = partsOf(element, { children: ['neg:Negotiation?', 'neg:Renegotiation?'] }, this.problems);
    const [anew, again] = [type.one('neg:Negotiation'), type.one('neg:Renegotiation')];
    if (anew) this.ownFields(partsOf(anew, { children: [], open: true }, this.problems).others);
    if (again) this.readRenegotiation(again);
    if (anew && again) this.problems.add(again, 'holds either neg:Negotiation or neg:Renegotiation');
    if (!again && !anew) this.problems.add(element, 'neg:Negotiation is missing');
  }

  /** What its initiator calls the agreement may be said and changes nothing. */
  private readRenegotiation(element: ReadElement): void {
    const shape = { children: ['neg:ResponderAgreementEPR', 'neg:InitiatorAgreementEPR?'], open: true };
    const parts = partsOf(element, shape, this.problems);
    const reference = parts.one('neg:ResponderAgreementEPR');
    if (reference) this.renegotiates = agreementReferredTo(reference, this.problems);
    this.ownFields(parts.others);
  }

  private readState(element: ReadElement | undefined): void {
    if (!element) return;
    const shape = { children: stateElements.map((name) => `${name}?`) };
    const [state, ...more] = partsOf(element, shape, this.problems).element.children;
    const said = state && offerStateOf(state.name);
    if (!state || more.length > 0) this.problems.add(element, `holds exactly one of ${stateElements.join(', ')}`);
    else if (said && !callingStates.includes(said))
      this.problems.add(
        state,
        `a call cannot be ${said}: nothing has been offered yet`,
        `write ${callingStates.map((name) => `neg:${name}`).join(' or ')}`,
      );
  }

  private ownFields(elements: readonly ReadElement[]): void {
    for (const element of elements) {
      if (element.name === 'cfp:rounds' || element.name === 'cfp:reply_by')
        put(this.fields, element.local, ownValue(element, this.problems), this.problems);
      else this.problems.add(element, `${element.name} means nothing here`, 'known are cfp:rounds and cfp:reply_by');
    }
  }

  private mustBe(element: ReadElement | undefined, wanted: string, why: string): void {
    if (element && textOf(element) !== wanted)
      this.problems.add(element, `"${textOf(element).slice(0, 60)}" cannot be the ${element.local}`, `${why}: write ${wanted}`);
  }

  private expires(element: ReadElement | undefined): void {
    if (!element) return;
    const written = textOf(element);
    const time = dateTime.test(written) ? Date.parse(written) : NaN;
    if (Number.isNaN(time))
      this.problems.add(element, `"${written.slice(0, 60)}" is not an instant with its zone`, 'e.g. 2026-01-01T12:00:00Z');
    else this.expirations.push({ element, time });
  }
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

const contextShape = {
  children: [
    'neg:NegotiationType',
    'neg:ExpirationTime?',
    'neg:NegotiationInitiator?',
    'neg:NegotiationResponder?',
    'neg:AgreementResponder',
    'neg:AgreementFactoryEPR?',
  ],
  open: true,
};
const offerContextShape = {
  children: ['neg:CounterOfferTo', 'neg:ExpirationTime?', 'neg:Creator', 'neg:State'],
  open: true,
};
