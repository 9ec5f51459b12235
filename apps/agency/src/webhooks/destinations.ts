import { AgencyError } from '@cloud-agency/errors';
import type { Settings } from '@cloud-agency/runtime';
import ipaddr from 'ipaddr.js';
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

type Address = ReturnType<typeof ipaddr.process>;
type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** What IANA gives out of IPv6; the rest is reserved, or something else in disguise. */
const globalUnicast: Range = ipaddr.parseCIDR('2000::/3');

/** In the midst of public addresses, and yet a cloud's inside: Azure's platform, which knows its machines' secrets. */
const insiders = ['168.63.129.16'];

/** A name that is slow to be found holds a thread that others need: so many at once leave some. */
const mostLookups = 2;

/**
 * Where webhooks may lead: to public addresses, and to those that the operator allows; this machine itself where everybody who reaches the
 * Agency is on it (AGENCY_AUTH=none). Whatever else a client could name is inside, and not theirs to reach through the Agency.
 */
export class Destinations {
  private readonly allowed: readonly Range[];
  private readonly hasLoopback: boolean;
  private lookingUp = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    settings: Pick<Settings, 'auth' | 'config'>,
    private readonly resolve: (name: string) => Promise<readonly LookupAddress[]> = (name) => lookup(name, { all: true }),
  ) {
    this.hasLoopback = settings.auth === 'none';
    this.allowed = (settings.config.webhooks?.allow ?? []).map(rangeOf);
  }

  /** Why nothing is posted to this URL, as far as it says itself: a name is looked up when something is posted. */
  objectionTo(url: string): string | undefined {
    if (hasCredentials(url)) return credentials;
    const host = hostOf(url);
    return isIP(host) === 0 || this.permits(host) ? undefined : objection(host);
  }

  /**
   * The addresses of a name that may be connected to, looked up now: the connection has to go to one of these and nowhere else.
   * @throws Error that says why there is none.
   */
  async addressesOf(host: string): Promise<readonly LookupAddress[]> {
    const found = await this.inTurn(() => this.resolve(host));
    const permitted = found.filter(({ address }) => this.permits(address));
    if (permitted.length > 0) return permitted;
    const [first] = found;
    throw new Error(first ? objection(first.address, host) : `${host} has no address`);
  }

  private permits(address: string): boolean {
    // An IPv4 address in the clothes of an IPv6 one is what it is underneath.
    const read = ipaddr.process(address);
    if (this.allowed.some((range) => isWithin(read, range))) return true;
    if (read.range() === 'loopback') return this.hasLoopback;
    return isPublic(read) && !insiders.includes(read.toString());
  }

  private async inTurn<T>(task: () => Promise<T>): Promise<T> {
    while (this.lookingUp >= mostLookups) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.lookingUp += 1;
    try {
      return await task();
    } finally {
      this.lookingUp -= 1;
      this.waiting.shift()?.();
    }
  }
}

/** @throws AgencyError invalid-request naming the attribute. */
export function assertAllowed(destinations: Destinations, attribute: string, url: string): void {
  const wrong = destinations.objectionTo(url);
  if (wrong !== undefined)
    throw new AgencyError('invalid-request', {
      message: `${attribute}: ${wrong}.`,
      problems: [{ path: attribute, message: wrong }],
    });
}

/** Without the brackets of an IPv6 address; numbers in any notation are addresses already (WHATWG URL). */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

const hasCredentials = (url: string): boolean => {
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
};

/** A webhook is shown to all who may see it, with its URL. */
const credentials = 'no user and password may stand in the URL: what is posted is signed, and the receiver goes by that';

const objection = (address: string, name?: string): string =>
  `${name === undefined ? address : `${name} is at ${address}, which`} is not a public address; ` +
  'an operator can allow it with webhooks: { allow: [...] } in AGENCY_CONFIG';

/** An address stands for itself alone. */
const rangeOf = (text: string): Range =>
  text.includes('/') ? ipaddr.parseCIDR(text) : [ipaddr.parse(text), isIP(text) === 4 ? 32 : 128];

const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || isWithin(address, globalUnicast));

const isWithin = (address: Address, [network, bits]: Range): boolean =>
  address.kind() === network.kind() && address.match(network, bits);
