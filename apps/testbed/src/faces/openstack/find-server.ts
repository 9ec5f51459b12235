import type { Instance } from '../../cloud/instance.js';
import { notFound } from './fault.js';
import type { Call } from './service.js';

/** Those that Nova still shows. */
export const visibleServers = ({ cloud, region }: Call): Instance[] =>
  cloud.instances(region.region).filter(({ state }) => state !== 'terminated');

/** The server of the address asked for. @throws OpenStackFault 404 */
export function findServer(call: Call): Instance {
  const server = visibleServers(call).find(({ id }) => id === call.params.id);
  if (!server) throw notFound(`Instance ${call.params.id ?? ''} could not be found.`);
  return server;
}
