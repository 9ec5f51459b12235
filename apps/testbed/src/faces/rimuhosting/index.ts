import type { FastifyError } from 'fastify';
import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { CloudRoutes } from '../protocol.js';
import { serveCatalogue } from './catalogue.js';
import { listOrders, serveOrders } from './orders.js';
import { rimuhosting, sendFramed } from './rimuhosting.js';
import { serveVps } from './vps.js';

/** RimuHosting's REST API below `/<cloud>/r`: orders of servers, with an API key in `Authorization`. Its data centres are regions of ours. */
export const face: Face = {
  name: 'rimuhosting',
  failedBoot: 'terminated',
  tellsPrices: true,
  serve(app, testbed) {
    app.setErrorHandler((error: FastifyError, _request, reply) => sendFramed(reply, error));
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'rimuhosting') continue;
      const routes = new CloudRoutes(app, testbed, cloud, rimuhosting);
      serveCatalogue(routes, listOrders);
      serveOrders(routes);
      serveVps(routes);
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'rimuhosting',
    endpoint: `${origin}/${name}/r`,
    credentials: { api_key: accessKeyOf(name).secret },
  }),
};
