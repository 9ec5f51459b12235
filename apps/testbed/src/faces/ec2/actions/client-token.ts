import { Ec2Error } from '../ec2-error.js';
import type { Query } from '../query.js';

interface Requested {
  readonly request?: { readonly token: string | null; readonly digest: string } | null;
}

/**
 * What an earlier request with this ClientToken made (EC2 guide, Ensuring idempotency).
 * @throws Ec2Error IdempotentParameterMismatch when that one asked for something else.
 */
export function earlierBy<Thing extends Requested>(query: Query, things: readonly Thing[]): Thing | undefined {
  const token = query.get('ClientToken');
  const earlier = token === undefined ? undefined : things.find(({ request }) => request?.token === token);
  if (!earlier || earlier.request?.digest === query.digest()) return earlier;
  throw new Ec2Error(
    'IdempotentParameterMismatch',
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  );
}
