import { field, type Json, text } from '../../vendor/json.js';
import type { AddressDriver } from '../../vendor/port.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { type Machines, pathOf } from './machines.js';
import { idOf, type OnAppApi } from './onapp-api.js';

/** An address of a network, joined to an interface of a machine. */
interface Joined {
  readonly id: string;
  readonly addressId: string;
  readonly address: string;
  readonly network: string;
  readonly nic: string;
}

/** Which address a token stands for. */
interface Claim {
  readonly token: string;
  readonly addressId: string;
}

const claimed = /^agency-ip (\S+) (\d+)$/;

/**
 * Further addresses of the network that a machine's first address is of, joined to the same interface. An address carries no name of ours:
 * which one a token has chosen is written into the note of the machine before it is joined.
 */
export class OnAppAddresses implements AddressDriver {
  constructor(
    private readonly api: OnAppApi,
    private readonly machines: Machines,
  ) {}

  async assign(region: string, machine: string, token: string): Promise<{ readonly vendorId: string; readonly address: string }> {
    const joined = await this.joined(region, machine);
    const note = noteOf(await this.machines.required(region, machine));
    const claim = claimsIn(note).find((candidate) => candidate.token === token);
    const known = joined.find(({ addressId }) => addressId === claim?.addressId);
    const { id, address } = known ?? (await this.join(region, machine, { note, joined, token, claim }));
    return { vendorId: `${machine}:${id}`, address };
  }

  async release(region: string, vendorId: string): Promise<void> {
    const [machine = '', id = ''] = vendorId.split(':');
    const found = await this.machines.get(region, machine);
    if (found === undefined) return;
    const joined = (await this.joined(region, machine)).find((candidate) => candidate.id === id);
    if (joined === undefined) return;
    await unlessGone(this.api.delete(`${pathOf(machine)}/ip_addresses/${encodeURIComponent(id)}`, region));
    const others = noteOf(found).split('\n');
    await this.write(
      region,
      machine,
      others.filter((line) => claimed.exec(line)?.[2] !== joined.addressId),
    );
  }

  private async join(
    region: string,
    machine: string,
    { note, joined, token, claim }: { note: string; joined: readonly Joined[]; token: string; claim: Claim | undefined },
  ): Promise<Joined> {
    const [first] = joined;
    if (!first) throw new VendorError('conflict', `virtual server ${machine} has no address yet`);
    const free = await this.free(region, first.network);
    const addressId = free.find((id) => id === claim?.addressId) ?? free[0];
    if (addressId === undefined) throw new VendorError('no-capacity', 'the network has no free address');
    if (addressId !== claim?.addressId) {
      const others = note.split('\n').filter((line) => line !== '' && claimed.exec(line)?.[1] !== token);
      await this.write(region, machine, [...others, `agency-ip ${token} ${addressId}`]);
    }
    const wish = { network_interface_id: Number(first.nic), ip_address_id: Number(addressId) };
    const body = { ip_address: wish };
    return joinedOf(await this.api.post(`${pathOf(machine)}/ip_addresses`, body, 'ip_address_join', region));
  }

  private async write(region: string, machine: string, lines: readonly string[]): Promise<void> {
    await this.api.put(pathOf(machine), { virtual_machine: { note: lines.join('\n') } }, region);
  }

  private async joined(region: string, machine: string): Promise<readonly Joined[]> {
    return (await this.api.list(`${pathOf(machine)}/ip_addresses`, 'ip_address_join', region)).map(joinedOf);
  }

  private async free(region: string, network: string): Promise<readonly string[]> {
    const path = `settings/networks/${encodeURIComponent(network)}/ip_addresses`;
    const addresses = await this.api.list(path, 'ip_address', region);
    return addresses.filter((address) => field(address, 'free') === true).map(idOf);
  }
}

const noteOf = (machine: Json): string => text(machine, 'note') ?? '';

const claimsIn = (note: string): readonly Claim[] =>
  note.split('\n').flatMap((line) => {
    const [, token, addressId] = claimed.exec(line) ?? [];
    return token !== undefined && addressId !== undefined ? [{ token, addressId }] : [];
  });

const joinedOf = (join: Json): Joined => ({
  id: idOf(join),
  addressId: text(join, 'ip_address_id') ?? '',
  address: text(join, 'ip_address', 'address') ?? '',
  network: text(join, 'ip_address', 'network_id') ?? '',
  nic: text(join, 'network_interface_id') ?? '',
});
