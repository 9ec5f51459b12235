import type { FastifyError } from 'fastify';
import { serveAccount } from './account.js';
import { Api, sendError, tokenOf } from './api.js';
import { serveDisks } from './disks.js';
import { LinodeError } from './errors.js';
import type { Face } from '../face.js';
import { serveImages } from './images.js';
import { serveInstances } from './instances.js';
import { serveRegions } from './regions.js';
import { serveTypes } from './types.js';
import { serveVolumes } from './volumes.js';

/** Linode API v4: `/<cloud>/v4`. */
export const face: Face = {
  name: 'linode',
  failedBoot: 'error',
  serve(app, testbed) {
    app.setErrorHandler((error: FastifyError, _request, reply) =>
      sendError(reply, new LinodeError(error.statusCode ?? 500, error.message)),
    );
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'linode') continue;
      const api = new Api(app, testbed, cloud);
      for (const serve of [serveRegions, serveTypes, serveImages, serveInstances, serveDisks, serveVolumes, serveAccount])
        serve(api);
    }
  },
  access: (cloud, origin) => ({
    vendor: 'linode',
    endpoint: `${origin}/${cloud.name}/v4`,
    credentials: { token: tokenOf(cloud) },
  }),
};
