import { nearest } from '@cloud-agency/errors';
import { Problems } from '../problems.js';
import type { Source } from '../source.js';
import { located, type MappingDraft, mapping, put, scalar } from './draft.js';
import { constrain } from './constraints.js';
import { Negotiation } from './negotiation.js';
import { ownFields } from './own.js';
import { type Parts, partsOf } from './shape.js';
import { readTerms } from './terms.js';
import { readXml, textOf, type XmlElement } from './xml.js';

/**
 * The call document that a WS-Agreement offer amounts to: a `neg:NegotiationOffer`, or a `wsag:AgreementOffer` with what it negotiates in its
 * context. docs/wsag.md has the mapping. `received`, in ms since 1970, is what an ExpirationTime is counted from; without it the time to reply
 * stays open.
 * @throws AgencyError invalid-document or unsupported with every problem at its line and column; too-large.
 */
export function readOffer(text: string, received?: number): Source {
  const root = readXml(text);
  const problems = new Problems();
  const document = offer(root, received, problems);
  problems.throwIfAny();
  return located(document);
}

const content = ['wsag:Name?', 'wsag:Context', 'wsag:Terms'];

function offer(root: XmlElement, received: number | undefined, problems: Problems): MappingDraft {
  const document = mapping(root.at);
  const parts = partsOfRoot(root, problems);
  if (!parts) return document;
  put(document, 'apiVersion', scalar(root.at, 'cloud-agency/v1'), problems);
  put(document, 'kind', scalar(root.at, 'CallForProposals'), problems);
  const name = parts.one('wsag:Name');
  if (name) put(document, 'name', scalar(name.at, textOf(name)), problems);
  const negotiation = new Negotiation(received, problems);
  const fromContext = contextOf(parts, document, negotiation, problems);
  const offered = parts.one('neg:NegotiationOfferContext');
  if (offered) negotiation.readOfferContext(offered);
  negotiation.putInto(document);
  const services = readTerms(parts.one('wsag:Terms'), document, problems);
  const constraints = parts.one('neg:NegotiationConstraints') ?? fromContext;
  if (constraints) constrain(constraints, services, problems);
  return document;
}

const roots = ['wsag:AgreementOffer', 'neg:NegotiationOffer'];

function partsOfRoot(root: XmlElement, problems: Problems): Parts | undefined {
  if (root.name === 'wsag:AgreementOffer')
    return partsOf(root, { children: content, attributes: ['wsag:AgreementId?'] }, problems);
  if (root.name === 'neg:NegotiationOffer')
    return partsOf(
      root,
      {
        children: [...content, 'neg:NegotiationOfferContext', 'neg:NegotiationConstraints'],
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
function contextOf(parts: Parts, document: MappingDraft, negotiation: Negotiation, problems: Problems): XmlElement | undefined {
  const element = parts.one('wsag:Context');
  if (!element) return undefined;
  const context = partsOf(element, contextShape, problems);
  checkContext(context, problems);
  let constraints: XmlElement | undefined;
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

/** Who is who, and the template, say nothing about what is wanted. */
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

function merge(fields: MappingDraft, document: MappingDraft, problems: Problems): void {
  for (const [name, { value }] of fields.entries) put(document, name, value, problems);
}
