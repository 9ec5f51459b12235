import { AgencyError } from '@cloud-agency/errors';
import { resourceTemplateId } from './extensions/infrastructure.js';
import type { Registry } from './registry.js';

/** @throws AgencyError forbidden for a mixin that is not for this kind; invalid-request for what is no mixin; not-found. */
export function assertMixinsApply(mixins: readonly string[], kind: string, registry: Registry): void {
  for (const id of mixins) {
    const mixin = registry.get(id);
    if (mixin.class !== 'mixin') throw new AgencyError('invalid-request', { message: `${id} is a ${mixin.class}, not a mixin.` });
    if (mixin.applies.length === 0 || mixin.applies.some((wanted) => registry.isA(kind, wanted))) continue;
    throw new AgencyError('forbidden', {
      message: `The mixin ${id} does not apply to ${kind}, only to ${mixin.applies.join(', ')}.`,
    });
  }
}

/** GFD.222: at most one resource template. @throws AgencyError invalid-request. */
export function assertOneTemplate(mixins: readonly string[], registry: Registry): void {
  const templates = mixins.filter((id) => {
    const mixin = registry.find(id);
    return mixin?.class === 'mixin' && mixin.depends.includes(resourceTemplateId);
  });
  if (templates.length > 1)
    throw new AgencyError('invalid-request', {
      message: `An entity has at most one resource template; these are ${templates.join(' and ')}.`,
    });
}
