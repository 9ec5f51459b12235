import type { VendorModule } from '../../vendor/vendor-module.js';
import { ElasticStackDriver } from './elasticstack-driver.js';

/** What tells one operator of ElasticStack from another. */
export interface ElasticStackProfile {
  readonly name: string;
  readonly title: string;
  /** `{region}` stands for what the operator calls a region's host. */
  readonly endpoint: string;
  readonly regions: readonly string[];
  /** Hosts that are not called like their region. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
}

export const elasticStackModule = ({
  name,
  title,
  endpoint,
  regions,
  hosts = {},
  sources,
}: ElasticStackProfile): VendorModule => ({
  name,
  title,
  family: 'elasticstack',
  protocol: 'ElasticStack API, JSON over HTTP with Basic authentication',
  operator: name,
  credentials: [
    { name: 'user_uuid', title: 'user UUID', required: true },
    { name: 'api_key', title: 'secret API key', required: true, secret: true },
  ],
  endpoint,
  abilities: ['compute', 'free-size', 'tags', 'start-stop', 'restart', 'resize', 'save', 'volumes'],
  limits: [
    'ElasticStack has no sizes: any is made, and Apache Libcloud’s are known by their names. A core is 2000 MHz.',
    'ElasticStack changes the memory and the drives of stopped servers only, and copies their drives: one that runs is shut down for it and started again. So it is for a restart that is not forced.',
    'A machine’s drive grows with it, and does not shrink.',
    'ElasticStack takes neither keys nor user data that a system would read: one gets in by VNC, with the password that the server shows to its owner.',
    'No command of ElasticStack’s suspends a server, and its console is shown by VNC only.',
    'ElasticStack counts what a server’s interfaces and drives carry, and measures neither its processors nor its memory: no metrics.',
    'Static addresses and VLANs are subscriptions, and a server must be stopped for them; addresses in a VLAN are up to the operating system: networks and addresses of one’s own are not done.',
    'ElasticStack tells neither prices nor quotas. A public address may change whenever a server is started.',
    'A drive stays when a create breaks off before its server is made, and nobody asks for that machine again.',
  ],
  testedAgainst: [`the testbed’s ${title}, which speaks ElasticStack’s API`],
  sources: [
    'Server API Details and Cloud Hosting API of operators of ElasticStack (go2cloud, Crosspeer): errors, drives, servers, states',
    'Apache Libcloud and jclouds, elasticstack and elastichosts: named sizes, limits, JSON, standard drives, /servers/create/stopped, the size of a drive that is set',
    'unverified: that the drive of a stopped server can be imaged, that a key of a server is taken away by setting it to nothing, and how a cloud without room says so (‘full’ counts)',
    ...sources,
  ],
  connect(account, { http }) {
    const { images = {}, credentials } = account;
    const endpointOf = (region: string): string =>
      (account.endpoint ?? endpoint).replace(
        '{region}',
        encodeURIComponent(account.endpoint ? region : (hosts[region] ?? region)),
      );
    const named = Array.isArray(account.regions) ? account.regions : Object.keys(account.regions);
    return new ElasticStackDriver(
      {
        endpointOf,
        user: credentials.user_uuid ?? '',
        key: credentials.api_key ?? '',
        regions: named.length === 0 ? regions : named,
        images,
      },
      http,
    );
  },
});
