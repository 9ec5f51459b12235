import type { FastifyError } from 'fastify';
import { domainName, passwordOf, projectName } from '../credentials.js';
import type { Face } from '../face.js';
import { newestImages } from '../images.js';
import { serveCinder } from './cinder.js';
import { novaShape, OpenStackFault } from './fault.js';
import { serveGlance } from './glance.js';
import { serveKeystone } from './keystone.js';
import { serveNeutron } from './neutron.js';
import { serveNova } from './nova.js';
import { networkName } from './private-network.js';

/** OpenStack as of Zed: `/<cloud>/identity/v3`, and the other services as its catalogue says. */
export const face: Face = {
  name: 'openstack',
  failedBoot: 'error',
  serve(app, testbed) {
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const { type, body } = novaShape(new OpenStackFault(error.statusCode ?? 500, error.message));
      return reply
        .code(error.statusCode ?? 500)
        .type(type)
        .send(body);
    });
    serveKeystone(app, testbed);
    const shared = { app, testbed };
    serveNova(shared);
    serveGlance(shared);
    serveNeutron(shared);
    serveCinder(shared);
  },
  access: ({ name }, origin) => ({
    vendor: 'openstack',
    endpoint: `${origin}/${name}/identity/v3`,
    credentials: { ...passwordOf(name), project: projectName, domain: domainName },
    network: networkName,
    images: Object.fromEntries(newestImages.map(({ portable }) => [portable, portable])),
  }),
};
