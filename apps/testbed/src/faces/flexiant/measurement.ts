import { metricsOf } from '../../cloud/metrics.js';
import type { Call, Handler } from './call.js';
import { badRequest } from './fco-error.js';
import { billingEntityOf, customerOf } from './places.js';
import { serverCalled, serversOf } from './servers.js';

/** The keys are the face's own: those of the real one are whatever its operator measures. */
const measures = [
  { key: 'CPU_PERCENT', type: 'NUMERIC', of: 'cpuPercent' },
  { key: 'RAM_USED', type: 'MB', of: 'memoryUsedMib' },
  { key: 'NETWORK_RX', type: 'B', of: 'networkInBytes' },
  { key: 'NETWORK_TX', type: 'B', of: 'networkOutBytes' },
  { key: 'DISK_READ', type: 'B', of: 'diskReadBytes' },
  { key: 'DISK_WRITE', type: 'B', of: 'diskWriteBytes' },
] as const;

/** FCO API, getMeasuredValues: of each key the latest value at or before a time; of now for 0. The face measures at every full second. */
export const getMeasuredValues: Handler = (call) => {
  const { testbed, params, query, cloud } = call;
  const asked = Number(params.timestamp);
  if (!Number.isInteger(asked)) throw badRequest(`'${params.timestamp ?? ''}' is no Unix time stamp`);
  const now = Math.floor(testbed.clock.now() / 1000);
  const timestamp = asked <= 0 ? now : Math.min(asked, now);
  const keys = query.getAll('measureKeys');
  const servers = serversIn(call, query.getAll('resourceUUID')).filter(({ state }) => state === 'running');
  const values = servers.flatMap((server) => {
    const size = cloud.size(server.region, server.size);
    if (!size || timestamp * 1000 < (server.launchedAt ?? Infinity) - 1000) return [];
    const metrics = metricsOf(server, size, timestamp * 1000);
    return measures
      .filter(({ key }) => keys.length === 0 || keys.includes(key))
      .map(({ key, type, of }) => ({
        resourceType: 'MEASUREMENT',
        resourceUUID: server.id,
        measuredResourceName: server.name,
        measuredResourceType: 'SERVER',
        measureKey: key,
        measurement: metrics[of],
        measurementType: type,
        timestamp,
        customerUUID: customerOf(cloud.name),
        billingEntityUUID: billingEntityOf(cloud.name),
      }));
  });
  return { body: values };
};

const serversIn = (call: Call, ids: readonly string[]) =>
  ids.length === 0 ? serversOf(call) : ids.map((id) => serverCalled(call, id));
