import type { Face } from '../face.js';
import { type Asked, CloudRoutes, type Said } from '../protocol.js';
import { listFacilities, listImages } from './catalogue.js';
import { createVoxcloud, deleteVoxcloud, listDevices, power, statusOfVoxcloud } from './devices.js';
import { keyOf, parametersOf, protocolOf, unknownMethod } from './hapi.js';

const methods: ReadonlyMap<string, (asked: Asked) => Said> = new Map([
  ['voxel.images.list', listImages],
  ['voxel.voxcloud.facilities.list', listFacilities],
  ['voxel.voxcloud.create', createVoxcloud],
  ['voxel.voxcloud.status', statusOfVoxcloud],
  ['voxel.voxcloud.delete', deleteVoxcloud],
  ['voxel.devices.list', listDevices],
  ['voxel.devices.power', power],
]);

/** Voxel's hAPI: one address, methods by name, signed parameters. A facility is a region. It tells no prices. */
export const face: Face = {
  name: 'voxel',
  failedBoot: 'error',
  serve(app, testbed) {
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'voxel') continue;
      const routes = new CloudRoutes(app, testbed, cloud, protocolOf(testbed));
      routes.add('GET', '/', call);
      routes.add('POST', '/', call);
    }
  },
  access: (cloud, origin) => {
    const { id, secret } = keyOf(cloud);
    return { vendor: 'voxel', endpoint: `${origin}/${cloud.name}`, credentials: { key: id, secret } };
  },
};

function call(asked: Asked): Said {
  const name = parametersOf(asked.request).get('method') ?? '';
  const method = methods.get(name);
  if (!method) throw unknownMethod(name);
  return method(asked);
}
