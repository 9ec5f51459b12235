import type { FastifyError } from 'fastify';
import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { Api, asFramed, sendError } from './api.js';
import { serveCatalogue } from './catalogue.js';
import { serveMachines } from './machines.js';
import { serveVolumes } from './volumes.js';

/** The testbed's own API: JSON over HTTP below `/<cloud>/v1`, a bearer token, tokens that make every creation idempotent. */
export const face: Face = {
  name: 'ptc',
  failedBoot: 'error',
  tellsPrices: true,
  serve(app, testbed) {
    app.setErrorHandler((error: FastifyError, _request, reply) => sendError(reply, asFramed(error)));
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'ptc') continue;
      const api = new Api(app, testbed, cloud);
      serveCatalogue(api);
      serveMachines(api);
      serveVolumes(api);
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'ptc',
    endpoint: `${origin}/${name}/v1`,
    credentials: { token: accessKeyOf(name).secret },
  }),
};
