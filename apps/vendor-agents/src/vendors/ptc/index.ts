import type { VendorModule } from '../../vendor/vendor-module.js';
import { PtcDriver } from './ptc-driver.js';

export const vendor: VendorModule = {
  name: 'ptc',
  title: 'PTC, the testbed’s own API',
  family: 'ptc',
  protocol: 'PTC v1, JSON over HTTP',
  operator: 'ptc',
  credentials: [{ name: 'token', title: 'bearer token', required: true, secret: true }],
  abilities: [
    'compute',
    'zones',
    'ssh-key',
    'user-data',
    'tags',
    'client-token',
    'start-stop',
    'restart',
    'suspend',
    'resize',
    'save',
    'console',
    'volumes',
    'quotas',
    'prices',
    'metrics',
  ],
  limits: ['PTC has no networks of one’s own, no public addresses beside a machine’s own, and no spot market.'],
  testedAgainst: ['the testbed’s PTC'],
  sources: ['apps/testbed/src/faces/ptc: the API is the testbed’s own'],
  connect: (account, { http }) =>
    new PtcDriver(
      { endpoint: account.endpoint ?? '', token: account.credentials.token ?? '', images: account.images ?? {} },
      http,
    ),
};
