/** GFD.228, SLAs, and the terms that the Agency assesses. */
import { agreementStates } from '@cloud-agency/sla';
import { type AttributeDefinitions, float, immutable, instant, mutable, oneOf, text } from '../model/attribute.js';
import { type Extension, type Mixin, action, categoryId, kind, mixin } from '../model/category.js';
import { linkId, resourceId } from './core.js';

const scheme = 'http://schemas.ogf.org/occi/sla#';

export const agreementId = `${scheme}agreement`;
export const agreementTemplateId = `${scheme}agreement_tpl`;
export const agreementTermId = `${scheme}agreement_term`;

/** The document's text and its published extension file disagree on the scheme: the first is advertised, both are understood. */
const actions = (['accept', 'reject', 'suspend', 'resume', 'terminate'] as const).map((term) =>
  action({
    term,
    scheme,
    title: term.charAt(0).toUpperCase() + term.slice(1),
    aliases: [`http://schemas.ogf.org/occi/sla/agreement/action#${term}`],
  }),
);

const agreement = kind({
  term: 'agreement',
  scheme,
  title: 'Agreement',
  parent: resourceId,
  actions: actions.map(categoryId),
  attributes: {
    'occi.agreement.state': immutable(oneOf(...agreementStates), 'State'),
    'occi.agreement.agreedAt': immutable(instant, 'When it was agreed'),
    'occi.agreement.effectiveFrom': mutable(instant, 'When it begins to hold'),
    'occi.agreement.effectiveUntil': mutable(instant, 'When it ceases to hold'),
  },
});

const term = (name: string, title: string, values: AttributeDefinitions): Mixin =>
  mixin({
    term: name,
    scheme: 'http://schemas.cloud-agency.dev/occi/sla#',
    title,
    location: `/agreement_term/${name}/`,
    depends: [agreementTermId],
    applies: [agreementId],
    attributes: {
      [`${name}.term.type`]: immutable(oneOf('SERVICE-TERM', 'SLO-TERM', 'n/a'), 'What sort of term it is'),
      [`${name}.term.state`]: immutable(oneOf('undefined', 'fulfilled', 'violated'), 'Whether it is kept'),
      [`${name}.term.desc`]: immutable(text, 'What is promised, in words'),
      [`${name}.term.remedy`]: immutable(text, 'What a breach costs'),
      ...values,
    },
  });

export const sla: Extension = {
  kinds: [agreement, kind({ term: 'agreement_link', scheme, title: 'Agreement link', parent: linkId })],
  mixins: [
    mixin({ term: 'agreement_tpl', scheme, title: 'Agreement template', applies: [agreementId] }),
    mixin({ term: 'agreement_term', scheme, title: 'Agreement term', applies: [agreementId] }),
    term('availability', 'Availability', { 'availability.uptime': immutable(float, 'Wanted share of the window, percent') }),
    term('response_time', 'Response time', { 'response_time.limit': immutable(float, 'Wanted at most, ms') }),
  ],
  actions,
};
