import { Ec2Driver } from '../../families/ec2/ec2-driver.js';
import type { VendorModule } from '../../vendor/vendor-module.js';
import { amazonImages } from './images.js';

export const amazon: VendorModule = {
  name: 'amazon',
  title: 'Amazon EC2',
  family: 'ec2',
  operator: 'aws',
  credentials: [
    { name: 'access_key_id', title: 'access key id', required: true },
    { name: 'secret_access_key', title: 'secret access key', required: true },
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
