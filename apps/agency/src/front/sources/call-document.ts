import { AgencyError } from '@cloud-agency/errors';
import type { EntityDraft, JsonValue } from '@cloud-agency/occi';

/**
 * The document of a call that came in an OCCI rendering (OCCI.md 4): agency.cfp.document, named by agency.cfp.name or by the title where it
 * has no name of its own. @throws AgencyError invalid-request.
 */
export function documentOf({ attributes, links, mixins, title }: EntityDraft): string {
  if (links.length + mixins.length > 0)
    throw new AgencyError('invalid-request', {
      message: 'A call for proposals has no links, and no mixins but tags of a client; what it wants is in agency.cfp.document.',
    });
  const { 'agency.cfp.name': name, 'agency.cfp.document': document } = attributes;
  if (!isObject(document))
    throw new AgencyError('invalid-request', { message: 'agency.cfp.document must be a JSON object, or a string that is one.' });
  const own = document.name;
  if (name !== undefined && own !== undefined && own !== name)
    throw new AgencyError('invalid-request', {
      message: `agency.cfp.name is ${JSON.stringify(name)}, but the document names itself ${JSON.stringify(own).slice(0, 100)}. Give one of them.`,
    });
  const called = own ?? name ?? title;
  return JSON.stringify({ ...document, ...(called === undefined ? {} : { name: called }) });
}

const isObject = (value: JsonValue | undefined): value is Readonly<Record<string, JsonValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
