import { passwordOf } from '../credentials.js';
import type { Face } from '../face.js';
import { newestImages } from '../images.js';
import { serveGlance } from '../openstack/glance.js';
import { serveNeutron } from '../openstack/neutron.js';
import { serveNova } from '../openstack/nova.js';
import { sayErrors } from '../openstack/service.js';
import { serveBlockStorage } from './block-storage.js';
import { rackspaceDialect } from './dialect.js';
import { serveIdentity } from './identity.js';

/** Rackspace's OpenStack cloud: Cloud Identity v2.0 at `/<cloud>/identity/v2.0`, and the other services as its catalogue says. */
export const face: Face = {
  name: rackspaceDialect.face,
  failedBoot: 'error',
  serve(app, testbed) {
    sayErrors(app);
    const served = { app, testbed, dialect: rackspaceDialect };
    serveIdentity(served);
    serveNova(served);
    serveGlance(served);
    serveNeutron(served);
    serveBlockStorage(served);
  },
  access({ name }, origin) {
    const { username, password } = passwordOf(name);
    return {
      vendor: 'rackspace',
      endpoint: `${origin}/${name}/identity/v2.0`,
      credentials: { username, api_key: password },
      images: Object.fromEntries(newestImages.map(({ portable }) => [portable, portable])),
    };
  },
};
