import type { Testbed } from '../../testbed.js';
import type { Cloud } from '../../cloud/cloud.js';
import { type Handler, passes, regionsAsked } from './call.js';
import { datacenterOf, ipStates, publicIp } from './options.js';

/** A public address that belongs to the account, in use or not. */
export interface Ip {
  readonly id: string;
  readonly cloud: string;
  readonly region: string;
  readonly address: string;
}

const kind = 'gogrid-ip';
/** A datacenter gives an account further addresses, so that as many are free, when it asks for its list (GoGrid wiki, grid.ip.list). */
const free = 8;

/** The addresses that accounts have: a client names the one that its server is to have. */
export class Ips {
  private readonly ips: Ip[];

  constructor(private readonly testbed: Testbed) {
    this.ips = testbed.disk.kept<Ip>(kind);
    for (const { address } of this.ips) testbed.addresses.reserve(address);
  }

  in(cloud: Cloud, region: string): readonly Ip[] {
    return this.ips.filter((ip) => ip.cloud === cloud.name && ip.region === region);
  }

  /** By its id or, as clients do, by the address itself. */
  find(cloud: Cloud, wanted: string): Ip | undefined {
    return this.ips.find((ip) => ip.cloud === cloud.name && (ip.address === wanted || ip.id === wanted));
  }

  isAssigned({ cloud, address }: Ip): boolean {
    return this.testbed.fleet
      .all()
      .some(({ cloud: owner, labels, state }) => owner === cloud && labels.ip === address && state !== 'terminated');
  }

  /** Fewer than wanted where the testbed has no further address. */
  topUp(cloud: Cloud, region: string): void {
    const { addresses, disk, numbers } = this.testbed;
    for (let missing = free - this.in(cloud, region).filter((ip) => !this.isAssigned(ip)).length; missing > 0; missing -= 1) {
      const address = addresses.take();
      if (address === null) return;
      addresses.reserve(address);
      addresses.giveBack(address);
      const ip = { id: numbers.next(), cloud: cloud.name, region, address };
      disk.keep(kind, ip);
      this.ips.push(ip);
    }
  }
}

export const listIps: Handler = (call) => {
  const { cloud, ips } = call;
  const regions = regionsAsked(call).map(({ region }) => region);
  for (const region of regions) ips.topUp(cloud, region);
  return regions
    .flatMap((region) => ips.in(cloud, region))
    .filter((ip) => passes(call, 'ip.state', stateOf(ips, ip)) && passes(call, 'ip.type', publicIp))
    .map((ip) => ipView(ips, ip));
};

const stateOf = (ips: Ips, ip: Ip) => (ips.isAssigned(ip) ? ipStates.assigned : ipStates.unassigned);

export const ipView = (ips: Ips, ip: Ip) => ({
  id: Number(ip.id),
  ip: ip.address,
  object: 'ip',
  public: true,
  state: stateOf(ips, ip),
  subnet: `${ip.address.replace(/\d+$/, '0')}/255.255.255.0`,
  datacenter: datacenterOf(ip.region),
});
