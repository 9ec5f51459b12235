import type { QuotaLeft } from '../../vendor/port.js';
import { list, number, type XmlElement, type XmlNode } from '../../vendor/xml.js';

/** A limit of -1 is the default one, -2 is none (Quota management). */
const byDefault = -1;

/**
 * USER/VM_QUOTA: limits and what is used of them; MEMORY is in MiB, CPU in those that a machine is guaranteed. That of the user's group
 * is not asked for.
 */
export function quotasLeft(user: XmlElement): readonly QuotaLeft[] {
  const [quota] = list(user, ['VM_QUOTA'], 'VM');
  const [defaults] = list(user, ['DEFAULT_USER_QUOTAS', 'VM_QUOTA'], 'VM');
  const left = (of: QuotaLeft['of'], name: string, unit = 1): readonly QuotaLeft[] => {
    const limit = limitOf(name, quota, defaults);
    const used = number(quota ?? '', `${name}_USED`) ?? 0;
    return limit === undefined ? [] : [{ of, left: Math.max(0, limit - used) / unit }];
  };
  return [...left('machines', 'VMS'), ...left('cores', 'CPU'), ...left('memory', 'MEMORY', 1024)];
}

function limitOf(name: string, quota: XmlNode | undefined, defaults: XmlNode | undefined): number | undefined {
  const own = number(quota ?? '', name) ?? byDefault;
  const limit = own === byDefault ? number(defaults ?? '', name) : own;
  return limit === undefined || limit < 0 ? undefined : limit;
}
