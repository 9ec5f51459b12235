import { text } from '../../vendor/json.js';
import type { Fault } from '../../vendor/port.js';
import type { LinodeApi } from './linode-api.js';

/** What starts a Linode or stops it. */
const turns = ['linode_create', 'linode_boot', 'linode_reboot', 'linode_rebuild', 'linode_shutdown'];

/**
 * A Linode has no status for a boot that failed: it is offline, and only its events tell why ("List events", `action` and `status`). The
 * latest of those that start or stop it decides.
 */
export async function faultIn(api: LinodeApi, region: string, vendorId: string): Promise<Fault | null> {
  const filter = { 'entity.type': 'linode', 'entity.id': Number(vendorId), '+order_by': 'created', '+order': 'desc' };
  const events = await api.first(region, '/account/events', filter);
  const latest = events.find((event) => turns.includes(text(event, 'action') ?? ''));
  const code = text(latest, 'action');
  if (code === undefined || code === 'linode_shutdown' || text(latest, 'status') !== 'failed') return null;
  return { reason: 'boot-failed', code, message: text(latest, 'message') ?? `${code} failed, and Linode does not say why` };
}
