import { nearest } from '@cloud-agency/errors';
import { Problems } from '../problems.js';
import type { Source } from '../source.js';
import { located, type MappingDraft, mapping, put, scalar } from './draft.js';
import { constrain } from './constraints.js';
import { Negotiation } from './negotiation.js';
import { ownFields } from './own.js';
import { type Parts, partsOf } from './shape.js';
import { readTerms, type Services } from './terms.js';
import type { ReadElement } from './element.js';
import { textOf } from './tree.js';

/** What an offer says beside the call document that it amounts to. */
export interface ReadOffer {
  readonly document: Source;
  /** How its author calls the offer itself: its neg:OfferId. */
  readonly offerId?: string;
  /** Id of the running agreement that it is to change. */
  readonly renegotiates?: string;
}

/**
 * Reads a WS-Agreement offer: a `neg:NegotiationOffer`, or a `wsag:AgreementOffer` with what it negotiates in its context. docs/wsag.md has the
 * mapping. `received`, in ms since 1970, is what an ExpirationTime is counted from; without it the time to reply stays open.
 * @throws AgencyError invalid-document or unsupported with every problem at its line and column.
 */
export function readOffer(root: ReadElement, received?: number): ReadOffer {
  const problems = new Problems();
  const parts = partsOfRoot(root, problems);
  const content = parts && readContent(parts, received, problems);
  problems.throwIfAny();
  if (!content) throw new Error('an offer without problems has content');
  const { document, renegotiates } = content;
  const offerId = root.attributes.get('neg:OfferId');
  return {
    document: located(document),
    ...(offerId !== undefined && { offerId }),
    ...(renegotiates !== undefined && { renegotiates }),
  };
}

export const contentShape = ['wsag:Name?', 'wsag:Context', 'wsag:Terms'];

interface Content {
  readonly document: MappingDraft;
  readonly services: Services;
  readonly renegotiates: string | undefined;
}

/** What an offer and a template have alike. */
export function readContent(parts: Parts, received: number | undefined, problems: Problems): Content {
  const root = parts.element;
  const document = mapping(root.at);
  put(document, 'apiVersion', scalar(root.at, 'cloud-agency/v1'), problems);
  put(document, 'kind', scalar(root.at, 'CallForProposals'), problems);
  putText(document, 'name', parts.one('wsag:Name'), problems);
  const negotiation = new Negotiation(received, problems);
  const fromContext = contextOf(parts, document, negotiation, problems);
  const offered = parts.one('neg:NegotiationOfferContext');
  if (offered) negotiation.readOfferContext(offered);
  negotiation.putInto(document);
  const services = readTerms(parts.one('wsag:Terms'), document, problems);
  const constraints = parts.one('neg:NegotiationConstraints') ?? fromContext;
  if (constraints) constrain(constraints, services, problems);
  return { document, services, renegotiates: negotiation.renegotiates };
}

const roots = ['wsag:AgreementOffer', 'neg:NegotiationOffer'];

function partsOfRoot(root: ReadElement, problems: Problems): Parts | undefined {
  if (root.name === 'wsag:AgreementOffer')
    return partsOf(root, { children: contentShape, attributes: ['wsag:AgreementId?'] }, problems);
  if (root.name === 'neg:NegotiationOffer')
    return partsOf(
      root,
      {
        children: [...contentShape, 'neg:NegotiationOfferContext', 'neg:NegotiationConstraints'],
        attributes: ['wsag:AgreementId?', 'neg:OfferId?'],
      },
      problems,
    );
  const meant = roots.find((name) => name.endsWith(`:${root.local}`)) ?? nearest(root.name, roots);
  problems.add(
    root,
    `${root.name} is not an offer: the root is ${roots.join(' or ')}`,
    meant && `did you mean ${meant}? Its namespace is to be declared`,
  );
  return undefined;
}

/** @returns the constraints, where an agreement offer has them. */
function contextOf(parts: Parts, document: MappingDraft, negotiation: Negotiation, problems: Problems): ReadElement | undefined {
  const element = parts.one('wsag:Context');
  if (!element) return undefined;
  const context = partsOf(element, contextShape, problems);
  checkContext(context, problems);
  putText(document, 'template', context.one('wsag:TemplateId'), problems);
  let constraints: ReadElement | undefined;
  for (const other of context.others) {
    if (other.name === 'cfp:call') merge(ownFields(other, problems), document, problems);
    else if (other.name === 'neg:NegotiationContext') negotiation.readContext(other);
    else if (other.name === 'neg:NegotiationOfferContext' && parts.element.name !== 'neg:NegotiationOffer')
      negotiation.readOfferContext(other);
    else if (other.name === 'neg:NegotiationConstraints' && parts.element.name !== 'neg:NegotiationOffer' && !constraints)
      constraints = other;
    else problems.add(other, `${other.name} means nothing here`, 'known are cfp:call and neg:NegotiationContext');
  }
  return constraints;
}

/** Who is who, and how the template is called beside its id, say nothing about what is wanted. */
const contextShape = {
  children: [
    'wsag:AgreementInitiator?',
    'wsag:AgreementResponder?',
    'wsag:ServiceProvider',
    'wsag:ExpirationTime?',
    'wsag:TemplateId?',
    'wsag:TemplateName?',
  ],
  open: true,
};

function checkContext(context: Parts, problems: Problems): void {
  const provider = context.one('wsag:ServiceProvider');
  if (provider && textOf(provider) !== 'AgreementResponder')
    problems.add(
      provider,
      `"${textOf(provider).slice(0, 60)}" cannot be the provider`,
      'whoever calls is served: write AgreementResponder',
    );
  const expires = context.one('wsag:ExpirationTime');
  if (expires)
    problems.unsupported(
      expires,
      'this time ends the agreement, and agreements end by their own action for now. The time to reply is neg:ExpirationTime in neg:NegotiationOfferContext',
    );
}

function putText(document: MappingDraft, field: string, element: ReadElement | undefined, problems: Problems): void {
  if (element) put(document, field, scalar(element.at, textOf(element)), problems);
}

function merge(fields: MappingDraft, document: MappingDraft, problems: Problems): void {
  for (const [name, { value }] of fields.entries) put(document, name, value, problems);
}
