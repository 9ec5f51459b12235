import type { FastifyError } from 'fastify';
import { passwordOf } from '../credentials.js';
import type { Face } from '../face.js';
import { CloudRoutes } from '../protocol.js';
import { serveCaas } from './caas.js';
import { serveCatalogue } from './catalogue.js';
import { serveOec } from './oec.js';
import { protocolOf } from './protocol.js';

/**
 * OpSource, later Dimension Data: API 0.9 below `/<cloud>/oec/0.9`, and the servers of 2.4 below `/<cloud>/caas/2.4`. A location is a
 * region. The account has one network in each, at whose addresses its servers are met: there is no NAT to be set up before.
 */
export const face: Face = {
  name: 'opsource',
  failedBoot: 'error',
  serve(app, testbed) {
    app.setErrorHandler((error: FastifyError, _request, reply) =>
      reply
        .code(error.statusCode ?? 500)
        .type('text/html')
        .send(`<html><body><h1>${error.message}</h1></body></html>`),
    );
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'opsource') continue;
      const routes = new CloudRoutes(app, testbed, cloud, protocolOf(testbed));
      serveCatalogue(routes);
      serveOec(routes);
      serveCaas(routes);
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'opsource',
    endpoint: `${origin}/${name}`,
    credentials: passwordOf(name),
  }),
};
