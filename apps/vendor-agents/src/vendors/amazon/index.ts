import { Ec2Addresses } from '../../families/ec2/addresses.js';
import { Ec2Driver } from '../../families/ec2/ec2-driver.js';
import { FoundByTags } from '../../families/ec2/finding.js';
import { PublishedImages } from '../../families/ec2/images.js';
import { Ec2Metrics } from '../../families/ec2/metrics.js';
import { Ec2Networks } from '../../families/ec2/networks.js';
import { spotNotices } from '../../families/ec2/notices.js';
import { Ec2Operations } from '../../families/ec2/operations.js';
import { Ec2Prices } from '../../families/ec2/prices.js';
import { Ec2Query } from '../../families/ec2/query.js';
import { OfferedSizes } from '../../families/ec2/sizes.js';
import { Ec2Volumes } from '../../families/ec2/volumes.js';
import type { VendorDriver } from '../../vendor/port.js';
import type { DriverTools, OpenAccount, VendorModule } from '../../vendor/vendor-module.js';
import { amazonImages } from './images.js';

export const vendor: VendorModule = {
  name: 'amazon',
  title: 'Amazon EC2',
  family: 'ec2',
  protocol: 'EC2 query API 2016-11-15, Signature Version 4',
  operator: 'aws',
  endpoint: 'https://ec2.{region}.amazonaws.com/',
  credentials: [
    { name: 'access_key_id', title: 'access key id', required: true },
    { name: 'secret_access_key', title: 'secret access key', required: true, secret: true },
  ],
  abilities: [
    'compute',
    'zones',
    'spot',
    'spot-notice',
    'ssh-key',
    'user-data',
    'tags',
    'client-token',
    'start-stop',
    'restart',
    'resize',
    'save',
    'console',
    'volumes',
    'networks',
    'addresses',
    'quotas',
    'prices',
    'metrics',
  ],
  limits: [
    'Amazon tells what is left of a limit only per family of types, which the EC2 API does not show: quotas are left out unless the account has an endpoint of its own.',
    'EC2 suspends (hibernates) only machines that were prepared for it when they were made; machines are stopped instead.',
    'CloudWatch knows nothing of a machine’s memory without an agent on it, and measures every five minutes.',
    'A spot price is the highest of a region’s zones; a spot machine’s notice does not say when it will be taken back (Amazon speaks of two minutes).',
    'AllocateAddress has no client token: an address whose allocation is not answered, and whose tag does not show yet when it is asked for again, is allocated twice.',
  ],
  testedAgainst: ['the testbed’s EC2'],
  sources: [
    'Amazon EC2 API Reference 2016-11-15',
    'Amazon EC2 User Guide (CloudWatch metrics of instances, spot request status)',
    'Amazon CloudWatch API Reference 2010-08-01 (GetMetricStatistics)',
    'AWS Price List Query API 2017-10-15 (GetProducts)',
    'the Debian, Ubuntu, Rocky and Alpine projects’ pages on the accounts that publish their images',
  ],
  connect,
};

const pricesEndpoint = 'https://api.pricing.us-east-1.amazonaws.com/';

function connect(account: OpenAccount, { http, now }: DriverTools): VendorDriver {
  const regions = Array.isArray(account.regions) ? account.regions : Object.keys(account.regions);
  const { access_key_id: accessKeyId = '', secret_access_key: secretAccessKey = '' } = account.credentials;
  const { endpoint, images = {} } = account;
  const key = { accessKeyId, secretAccessKey, signatureVersion: 4 } as const;
  const ec2 = {
    name: 'ec2',
    version: '2016-11-15',
    endpoint: (region: string) => endpoint ?? `https://ec2.${region}.amazonaws.com/`,
  };
  const monitoring = {
    name: 'monitoring',
    version: '2010-08-01',
    endpoint: (region: string) => below(endpoint, 'monitoring/') ?? `https://monitoring.${region}.amazonaws.com/`,
  };
  const query = new Ec2Query(ec2, key, http, now);
  const isKnown = async (region: string, vendorId: string): Promise<boolean> =>
    ((await driver.get(region, vendorId))?.state ?? 'gone') !== 'gone';
  // Amazon itself limits virtual cores by family, and still answers max-instances with a number that means nothing.
  const profile = { regions: regions.length > 0 ? regions : ['us-east-1'], tellsMaxInstances: endpoint !== undefined };
  const driver: VendorDriver = new Ec2Driver(
    profile,
    query,
    {
      sizes: new OfferedSizes(query),
      images: new PublishedImages(query, amazonImages, images),
      finding: new FoundByTags(query),
      operations: new Ec2Operations(query, { stops: true, tagsImages: true, console: true }),
      volumes: new Ec2Volumes(query, true),
      networks: new Ec2Networks(query),
      addresses: new Ec2Addresses(query),
      prices: new Ec2Prices(query, key, below(endpoint, 'pricing/') ?? pricesEndpoint, http, now),
      metrics: new Ec2Metrics(new Ec2Query(monitoring, key, http, now), isKnown, now),
      notices: async (region) => await spotNotices(query, region),
    },
    http,
  );
  return driver;
}

/** Where the account has an endpoint of its own, the other services are below it. */
const below = (endpoint: string | undefined, path: string): string | undefined =>
  endpoint === undefined ? undefined : `${endpoint.replace(/\/$/, '')}/${path}`;
