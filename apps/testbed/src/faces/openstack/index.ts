import { domainName, passwordOf, projectName } from '../credentials.js';
import type { Face } from '../face.js';
import { newestImages } from '../images.js';
import { serveCinder } from './cinder.js';
import { zed } from './dialect.js';
import { serveGlance } from './glance.js';
import { serveKeystone } from './keystone.js';
import { serveNeutron } from './neutron.js';
import { serveNova } from './nova.js';
import { sayErrors } from './service.js';

/** OpenStack as of Zed: `/<cloud>/identity/v3`, and the other services as its catalogue says. */
export const face: Face = {
  name: zed.face,
  failedBoot: 'error',
  serve(app, testbed) {
    sayErrors(app);
    const served = { app, testbed, dialect: zed };
    serveKeystone(served);
    serveNova(served);
    serveGlance(served);
    serveNeutron(served);
    serveCinder(served);
  },
  access: ({ name }, origin) => ({
    vendor: 'openstack',
    endpoint: `${origin}/${name}/identity/v3`,
    credentials: { ...passwordOf(name), project: projectName, domain: domainName },
    network: zed.ownNetwork,
    images: Object.fromEntries(newestImages.map(({ portable }) => [portable, portable])),
  }),
};
