import { Ec2Driver } from '../../families/ec2/ec2-driver.js';
import { FoundByClientToken } from '../../families/ec2/finding.js';
import { ListedImages } from '../../families/ec2/images.js';
import { Ec2Operations } from '../../families/ec2/operations.js';
import { Ec2Query } from '../../families/ec2/query.js';
import { FixedSizes } from '../../families/ec2/sizes.js';
import type { Size } from '../../vendor/port.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

const size = (name: string, cores: number, memory: number): Size => ({
  name,
  cores,
  memory,
  disk: null,
  gpu: 0,
  architecture: 'x64',
});

/** As Nimbus is shipped (etc/elastic/elastic.conf): 2048 MB for every type. */
const sizes = [size('m1.small', 1, 2), size('m1.large', 2, 2), size('m1.xlarge', 4, 2)];

export const vendor: VendorModule = {
  name: 'nimbus',
  title: 'Nimbus',
  family: 'ec2',
  protocol: 'EC2 query API 2010-08-31 of Nimbus 2.7 and later, Signature Version 2',
  operator: 'nimbus',
  credentials: [
    { name: 'access_key_id', title: 'query access id', required: true },
    { name: 'secret_access_key', title: 'query secret key', required: true, secret: true },
  ],
  abilities: ['compute', 'zones', 'ssh-key', 'user-data', 'client-token', 'restart'],
  limits: [
    'The endpoint is that of the query interface, e.g. https://nimbus.example:8444/.',
    'Nimbus has no tags: a machine is known by its client token, which holds the placement and the mark of the installation, and is shown with every machine.',
    'What the types m1.small, m1.large and m1.xlarge have is the operator’s to set and Nimbus does not tell it: what it is shipped with is assumed, 1, 2 and 4 cores with 2 GiB each, and nothing of disks.',
    'Nimbus has neither volumes nor elastic IPs nor networks of one’s own, cannot stop, suspend, resize or save a machine, shows no console, and tells no prices, quotas or metrics; its spot machines are not used.',
    'An image has no name but its id, and is shown without its architecture: x64 is assumed.',
    'Whatever fails behind its frontend is one error code; the reason is read from the words of release 2.10.',
  ],
  testedAgainst: ['the testbed’s Nimbus'],
  sources: [
    'Nimbus 2.10 source: messaging/query (ElasticService, QueryAuthenticationFilter, QueryError), messaging/gt4.0-elastic (DefaultRun, DefaultDescribe, DefaultTerminate, DefaultReboot, StateMap), etc/elastic/elastic.conf',
    'Nimbus documentation, EC2 Client Notes (elclients.html)',
    'AWS General Reference, Signature Version 2 signing process',
    'unverified: what ImportKeyPair says of a key that is there already',
  ],
  connect(account, { http, now }) {
    const regions = Array.isArray(account.regions) ? account.regions : Object.keys(account.regions);
    const { access_key_id: accessKeyId = '', secret_access_key: secretAccessKey = '' } = account.credentials;
    const service = { name: 'ec2', version: '2010-08-31', endpoint: () => account.endpoint ?? '' };
    const query = new Ec2Query(service, { accessKeyId, secretAccessKey, signatureVersion: 2 }, http, now);
    const parts = {
      sizes: new FixedSizes(query, sizes),
      images: new ListedImages(query, account.images ?? {}),
      finding: new FoundByClientToken(query, false),
      operations: new Ec2Operations(query, { stops: false, tagsImages: false, console: false }),
    };
    return new Ec2Driver({ regions, tellsMaxInstances: false }, query, parts, http);
  },
};
