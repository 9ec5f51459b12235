import { agreementTemplateMixin, categoryId, type Mixin } from '@cloud-agency/occi';
import { type AgreementTemplates, toJson } from '@cloud-agency/sla';
import { entityTag, tagged } from './conditions.js';
import { contentType, listingTypes, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { wsagTypeOf, wsagTypes } from './sources/wsag-types.js';

/** Agreement templates: at the location of its mixin each is told as a document too, beside the agreements that were made from it. */
export class TemplateDocuments {
  private readonly byMixin: AgreementTemplates;

  constructor(templates: AgreementTemplates) {
    this.byMixin = new Map([...templates.values()].map((template) => [agreementTemplateMixin(template.id), template]));
  }

  /** @returns undefined where the mixin is no template, or what is asked for is the listing. @throws AgencyError not-acceptable. */
  of(mixin: Mixin, request: FrontRequest): Answer | undefined {
    const template = this.byMixin.get(categoryId(mixin));
    const type = template && wsagTypeOf(negotiate(request.headers.accept, [...listingTypes, ...wsagTypes]));
    if (!template || !type) return undefined;
    const body = type === 'application/wsag+xml' ? template.text : toJson({ root: template.root, comments: [] });
    return tagged({ status: 200, type: contentType(type), body }, entityTag(body, type), request);
  }
}
