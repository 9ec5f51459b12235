import { ExpressDriver } from '../../families/vcloud/express-driver.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

const publicEndpoint = 'https://services.vcloudexpress.terremark.com';

export const vendor: VendorModule = {
  name: 'terremark',
  title: 'Terremark vCloud Express',
  family: 'vcloud',
  protocol: 'vCloud Express API 0.8',
  operator: 'terremark',
  endpoint: publicEndpoint,
  credentials: [
    { name: 'username', title: 'user name', required: true },
    { name: 'password', title: 'password', required: true, secret: true },
  ],
  abilities: ['compute', 'start-stop', 'restart', 'resize', 'quotas'],
  limits: [
    'A region is a virtual data center, which has no zones.',
    'A name holds 15 characters and nothing else can be read again: the reconciler knows only machines that this process was asked for.',
    'After a restart of this process in the middle of a resize the machine stays off.',
    'A machine has 1, 2, 4 or 8 processors, 512 MB or whole GB of memory, and the disk of its template.',
    'Keys are made by the cloud, which does not take those of others; there are no user data and no tags.',
    'A machine is not suspended.',
    'Images of machines, and internet services with their public addresses, are not made here: that is our doing.',
    'The API has no prices, no console text and no measurements.',
  ],
  testedAgainst: ['the testbed’s vCloud Express'],
  sources: [
    'documents and answers that public clients of vCloud Express have recorded; the service has ended, so nothing could be checked against it',
    'the quota of the vdc is that of vCloud 0.8 at another provider, and unverified for Terremark',
  ],
  connect({ endpoint = publicEndpoint, credentials, images: ownImages = {}, network }, { http }) {
    const { username: user = '', password = '' } = credentials;
    return new ExpressDriver({ endpoint, user, password, ownImages, network }, http);
  },
};
