import type { Instance } from '../../cloud/instance.js';
import { type Call, regionsAsked } from './call.js';
import { invalid, notFound } from './fault.js';

/** A change of memory is over when the server runs again: GoGrid has nothing to confirm. */
export function serversOf({ testbed, cloud }: Pick<Call, 'testbed' | 'cloud'>): readonly Instance[] {
  const own = testbed.fleet.all().filter((instance) => instance.cloud === cloud.name);
  for (const server of own) if (server.state === 'resized') testbed.fleet.confirmResize(server);
  return own.flatMap(({ id }) => testbed.fleet.get(id) ?? []).filter(({ state }) => state !== 'terminated');
}

/** Those of the datacenter that is asked for. */
export function serversAsked(call: Call): readonly Instance[] {
  const regions = regionsAsked(call).map(({ region }) => region);
  return serversOf(call).filter(({ region }) => regions.includes(region));
}

/** By an id, a name, or either of them. @throws GoGridFault 400 when there is none, or more than one. */
export function serverCalled(call: Call, names: readonly string[] = ['id', 'name', 'server']): Instance {
  const wanted = names.map((name) => call.params.get(name)).find((value) => value !== null);
  if (wanted === undefined) throw invalid(`Missing required parameter: ${names.join(', ')}`);
  return serverNamed(call, wanted);
}

export function serverNamed(call: Call, wanted: string): Instance {
  const found = serversOf(call).filter(({ id, name }) => id === wanted || name === wanted);
  const [server] = found;
  if (!server) throw notFound();
  if (found.length > 1) throw invalid(`More than one server has the name ${wanted}.`);
  return server;
}
