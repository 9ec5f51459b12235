import { PlainAddresses } from '../../families/ec2/addresses.js';
import { Ec2Driver } from '../../families/ec2/ec2-driver.js';
import { FoundByClientToken } from '../../families/ec2/finding.js';
import { ListedImages } from '../../families/ec2/images.js';
import { Ec2Metrics } from '../../families/ec2/metrics.js';
import { Ec2Operations } from '../../families/ec2/operations.js';
import { Ec2Query } from '../../families/ec2/query.js';
import { EucalyptusSizes } from '../../families/ec2/sizes.js';
import { Ec2Volumes } from '../../families/ec2/volumes.js';
import type { VendorDriver } from '../../vendor/port.js';
import type { DriverTools, OpenAccount, VendorModule } from '../../vendor/vendor-module.js';

export const vendor: VendorModule = {
  name: 'eucalyptus',
  title: 'Eucalyptus',
  family: 'ec2',
  protocol: 'EC2 query API 2013-10-15, Signature Version 2',
  operator: 'eucalyptus',
  credentials: [
    { name: 'access_key_id', title: 'access key id', required: true },
    { name: 'secret_access_key', title: 'secret access key', required: true, secret: true },
  ],
  abilities: [
    'compute',
    'zones',
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
    'addresses',
    'metrics',
  ],
  limits: [
    'The endpoint is that of the compute service, e.g. https://cloud.example:8773/services/Eucalyptus (4.0 and later: /services/compute); one account has one endpoint, so one region.',
    'Releases before 3.3 have neither client tokens nor tags nor DescribeInstanceTypes: they are not supported.',
    'Machines, volumes and images get their tags after they are made: machines are found by their client token, images by their name; a volume whose order was never answered is not found again and is left to the operator.',
    'Elastic IPs are those of the network modes without VPC; one whose allocation was never answered is left to the operator.',
    'Only machines whose image lives on a volume (EBS) can be stopped, resized and saved: Eucalyptus refuses it for others.',
    'Networks of one’s own are there in one network mode (VPC) only, and are not used.',
    'Eucalyptus has no spot market, tells no prices and no quotas, and cannot suspend.',
  ],
  testedAgainst: ['the testbed’s Eucalyptus'],
  sources: [
    'Eucalyptus wiki, Resource tagging 3.3 design (tags, filters, client tokens)',
    'euca2ools 3 manual (euca-describe-instance-types) and an answer of Eucalyptus 3.4.1 to it',
    'AWS General Reference, Signature Version 2 signing process',
    'unverified: that RunInstances answers with monitoring switched on as Amazon does, and the words of DescribeAddresses in every release',
  ],
  connect,
};

function connect(account: OpenAccount, { http, now }: DriverTools): VendorDriver {
  const regions = Array.isArray(account.regions) ? account.regions : Object.keys(account.regions);
  const { access_key_id: accessKeyId = '', secret_access_key: secretAccessKey = '' } = account.credentials;
  const endpoint = account.endpoint ?? '';
  const key = { accessKeyId, secretAccessKey, signatureVersion: 2 } as const;
  const query = new Ec2Query({ name: 'ec2', version: '2013-10-15', endpoint: () => endpoint }, key, http, now);
  const monitoring = { name: 'monitoring', version: '2010-08-01', endpoint: () => beside(endpoint, 'CloudWatch') };
  const isKnown = async (region: string, vendorId: string): Promise<boolean> =>
    ((await driver.get(region, vendorId))?.state ?? 'gone') !== 'gone';
  const driver: VendorDriver = new Ec2Driver(
    // Eucalyptus measures only machines that are ordered so.
    { regions, tellsMaxInstances: false, runsWith: { Monitoring: { Enabled: 'true' } } },
    query,
    {
      sizes: new EucalyptusSizes(query),
      images: new ListedImages(query, account.images ?? {}),
      finding: new FoundByClientToken(query, true),
      operations: new Ec2Operations(query, { stops: true, tagsImages: false, console: true }),
      volumes: new Ec2Volumes(query, false),
      addresses: new PlainAddresses(query),
      metrics: new Ec2Metrics(new Ec2Query(monitoring, key, http, now), isKnown, now),
    },
    http,
  );
  return driver;
}

/** The services of a cloud stand beside each other: `/services/<name>`. */
const beside = (endpoint: string, name: string): string => endpoint.replace(/[^/]*\/?$/, name);
