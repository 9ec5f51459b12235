import { type Json, list, text } from '../../vendor/json.js';
import type { AddressDriver } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { unlessGone } from '../../vendor/vendor-error.js';
import { linodeCalled, pathOf } from './instances.js';
import type { LinodeApi } from './linode-api.js';
import { tagsOf } from './mapping.js';

/** Which address is a token's: `<token without hyphens>=<address>`, within the 50 characters of a tag. Asked for, but not yet known: `?`. */
const claimOf = (token: string, address = '?'): string => `${token.replaceAll('-', '')}=${address}`;
const claimedIn = (tags: readonly string[]): readonly string[] =>
  tags.flatMap((tag) => /^[0-9a-f]{32}=(.+)$/.exec(tag)?.[1] ?? []);

/**
 * Public IPv4 addresses beside a machine's first ("Allocate an IPv4 address"). An address carries nothing of ours, so the machine's tags
 * say whose it is: the claim is written before the address is asked for, and what came of it afterwards.
 */
export class LinodeAddresses implements AddressDriver {
  constructor(private readonly api: LinodeApi) {}

  async assign(region: string, machine: string, token: string): Promise<{ vendorId: string; address: string }> {
    const tags = tagsOf(await linodeCalled(this.api, region, machine));
    const addresses = await this.publicOf(region, machine);
    const own = addresses.find((address) => tags.includes(claimOf(token, address)));
    if (own !== undefined) return { vendorId: own, address: own };
    const others = tags.filter((tag) => tag !== claimOf(token));
    const found = others.length < tags.length ? unclaimed(addresses, tags) : undefined;
    if (found === undefined) await this.tag(region, machine, [...others, claimOf(token)]);
    const address = found ?? (await this.allocate(region, machine));
    await this.tag(region, machine, [...others, claimOf(token, address)]);
    return { vendorId: address, address };
  }

  async release(region: string, vendorId: string): Promise<void> {
    const address = encodeURIComponent(vendorId);
    const known = await unlessGone(this.api.call(region, 'GET', `/networking/ips/${address}`));
    const machine = text(known, 'linode_id');
    if (machine === undefined) return;
    await unlessGone(this.api.call(region, 'DELETE', pathOf(machine, `/ips/${address}`)));
    const linode = await unlessGone(linodeCalled(this.api, region, machine));
    if (linode === undefined) return;
    await this.tag(
      region,
      machine,
      tagsOf(linode).filter((tag) => !tag.endsWith(`=${vendorId}`)),
    );
  }

  private async allocate(region: string, machine: string): Promise<string> {
    const made = await this.api.call(region, 'POST', pathOf(machine, '/ips'), { type: 'ipv4', public: true });
    const address = text(made, 'address');
    if (address === undefined) throw malformed('the answer does not tell the address');
    return address;
  }

  private async publicOf(region: string, machine: string): Promise<readonly string[]> {
    const told: Json = await this.api.call(region, 'GET', pathOf(machine, '/ips'));
    return list(told, 'ipv4', 'public').flatMap((ip) => text(ip, 'address') ?? []);
  }

  private async tag(region: string, machine: string, tags: readonly string[]): Promise<void> {
    await this.api.call(region, 'PUT', pathOf(machine), { tags });
  }
}

/** An address that an earlier call was given and could not note: not the first one, which came with the machine. */
const unclaimed = ([, ...more]: readonly string[], tags: readonly string[]): string | undefined =>
  more.find((address) => !claimedIn(tags).includes(address));
