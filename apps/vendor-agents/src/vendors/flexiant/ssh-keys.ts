import { createHash } from 'node:crypto';
import type { FcoApi } from './fco-api.js';
import { uuidOf } from './places.js';

/** The key of the account that a public key is kept as: one for each, whichever machines have it. Its UUID. */
export async function sshKeyFor(api: FcoApi, publicKey: string, region: string): Promise<string> {
  const resourceName = `agency-${createHash('sha256').update(publicKey.trim()).digest('hex').slice(0, 32)}`;
  const [known] = await api.list('sshkey', region, [{ field: 'resourceName', condition: 'IS_EQUAL_TO', value: resourceName }]);
  if (known !== undefined) return uuidOf(known);
  const skeletonSSHKey = { resourceType: 'SSHKEY', resourceName, publicKey: publicKey.trim(), globalKey: false, sortOrder: 0 };
  return await api.make('sshkey', { skeletonSSHKey }, region);
}
