import { AgencyError } from '@cloud-agency/errors';
import type { EntityChange } from '@cloud-agency/occi';
import type { Validity } from '@cloud-agency/sla';

/**
 * What a client changes about an agreement: from when and until when it holds; the front has checked the form of both.
 * @throws AgencyError unsupported when it is to get a mixin or a link that it does not have.
 */
export function changedValidity(id: string, { attributes, mixins, links }: EntityChange, has: readonly string[]): Validity {
  const more = [...mixins.filter((mixin) => !has.includes(mixin)), ...links.map(({ target }) => `a link to ${target}`)];
  if (more.length > 0)
    throw new AgencyError('unsupported', {
      path: `/agreement/${id}`,
      message: `${more.join(', ').slice(0, 500)} cannot be added. effectiveFrom, effectiveUntil, title, summary and a client's own mixins can change.`,
    });
  const at = (name: string): number | undefined => {
    const written = attributes[name];
    return typeof written === 'string' ? Date.parse(written) : undefined;
  };
  const [effectiveFrom, effectiveUntil] = [at('occi.agreement.effectiveFrom'), at('occi.agreement.effectiveUntil')];
  return { ...(effectiveFrom !== undefined && { effectiveFrom }), ...(effectiveUntil !== undefined && { effectiveUntil }) };
}
