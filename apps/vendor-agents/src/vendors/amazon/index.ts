import { Ec2Driver } from '../../families/ec2/ec2-driver.js';
import type { VendorModule } from '../../vendor/vendor-module.js';
import { amazonImages } from './images.js';

export const vendor: VendorModule = {
  name: 'amazon',
  title: 'Amazon EC2',
  family: 'ec2',
  protocol: 'EC2 query API 2016-11-15, Signature Version 4',
  operator: 'aws',
  credentials: [
    { name: 'access_key_id', title: 'access key id', required: true },
    { name: 'secret_access_key', title: 'secret access key', required: true, secret: true },
  ],
  abilities: [
    'compute',
    'zones',
    'spot',
    'ssh-key',
    'user-data',
    'tags',
    'client-token',
    'start-stop',
    'restart',
    'resize',
    'save',
    'volumes',
    'networks',
    'quotas',
  ],
  limits: [
    'Amazon tells what is left of a limit only per family of types, which the EC2 API does not show: quotas are left out unless the account has an endpoint of its own.',
    'EC2 suspends (hibernates) only machines that were prepared for it when they were made; machines are stopped instead.',
  ],
  testedAgainst: ['the testbed’s EC2'],
  sources: [
    'Amazon EC2 API Reference 2016-11-15',
    'the Debian, Ubuntu, Rocky and Alpine projects’ pages on the accounts that publish their images',
  ],
  connect(account, { http, now }) {
    const regions = Array.isArray(account.regions) ? account.regions : Object.keys(account.regions);
    return new Ec2Driver(
      {
        accessKeyId: account.credentials.access_key_id ?? '',
        secretAccessKey: account.credentials.secret_access_key ?? '',
        endpoint: (region) => account.endpoint ?? `https://ec2.${region}.amazonaws.com/`,
        homeRegion: regions[0] ?? 'us-east-1',
        // Amazon itself limits virtual cores by family, and still answers max-instances with a number that means nothing.
        tellsMaxInstances: account.endpoint !== undefined,
        images: amazonImages,
        imageIds: account.images ?? {},
      },
      http,
      now,
    );
  },
};
