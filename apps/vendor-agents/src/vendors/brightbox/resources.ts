import { type Json, text } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';

/** @throws VendorError unknown for an answer without an id. */
export function idOf(resource: Json): string {
  const id = text(resource, 'id');
  if (id === undefined) throw malformed('the answer has no id');
  return id;
}

/** The id of what has this handle: zones and types are known to us by it. @throws VendorError invalid-request */
export function withHandle(resources: readonly Json[], handle: string, what: string): string {
  const found = resources.find((resource) => text(resource, 'handle') === handle);
  if (found === undefined) throw new VendorError('invalid-request', `Brightbox has no ${what} '${handle}'`);
  return idOf(found);
}

export const serverPath = (vendorId: string, more = ''): string => `/servers/${encodeURIComponent(vendorId)}${more}`;
