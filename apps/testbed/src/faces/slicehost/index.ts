import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { CloudRoutes } from '../protocol.js';
import { serveCatalogue } from './catalogue.js';
import { slicehost } from './slicehost.js';
import { serveSlices } from './slices.js';

/** Slicehost's API: XML resources below `/<cloud>`, HTTP Basic with the key as the user and no password. It has no regions: the account is in one. */
export const face: Face = {
  name: 'slicehost',
  failedBoot: 'terminated',
  tellsPrices: true,
  serve(app, testbed) {
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'slicehost') continue;
      const routes = new CloudRoutes(app, testbed, cloud, slicehost);
      serveCatalogue(routes);
      serveSlices(routes);
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'slicehost',
    endpoint: `${origin}/${name}`,
    credentials: { api_key: accessKeyOf(name).secret },
  }),
};
