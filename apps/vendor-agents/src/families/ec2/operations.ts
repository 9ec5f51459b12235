import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { imageTag } from '../../vendor/tags.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import type { Ec2Query, Params } from './query.js';
import { madeWith, tagList, withTag } from './tags.js';
import { items, text, type XmlNode } from '../../vendor/xml.js';

/** On a machine that was running when its resize began, until it runs again: that it is to be started is remembered by the cloud. */
const resizingTag = 'agency.resizing';

/** What a cloud of the family can do with a machine that exists. */
export interface Ec2OperationsProfile {
  /** Machines can be stopped, and so given another type, and made images of. */
  readonly stops: boolean;
  /** Whether images are made with tags; else they are found by their names. */
  readonly tagsImages: boolean;
  readonly console: boolean;
}

export class Ec2Operations implements MachineOperations {
  /** Undefined where the cloud does not show it. */
  readonly console?: NonNullable<MachineOperations['console']>;

  constructor(
    private readonly query: Ec2Query,
    private readonly profile: Ec2OperationsProfile,
  ) {
    if (profile.console) this.console = async (region, vendorId) => await this.written(region, vendorId);
  }

  /** A restart is never forced by the caller: EC2 does so itself when the system has not gone down within minutes (RebootInstances). */
  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const params = { InstanceId: [vendorId] };
    if (!this.profile.stops && action !== 'restart') throw new VendorError('invalid-request', `this cloud has no ${action}`);
    switch (action) {
      case 'start':
        await this.query.call(region, 'StartInstances', params);
        return;
      case 'stop':
        await this.query.call(region, 'StopInstances', forced ? { ...params, Force: 'true' } : params);
        return;
      case 'restart':
        await this.restart(region, vendorId);
        return;
      case 'suspend':
      case 'resume':
        // Hibernation needs a machine that was created for it, with an encrypted disk large enough for its memory.
        throw new VendorError('invalid-request', 'this cloud cannot suspend');
    }
  }

  /** Nimbus says `return` false where others refuse. */
  private async restart(region: string, vendorId: string): Promise<void> {
    const answer = await this.query.call(region, 'RebootInstances', { InstanceId: [vendorId] });
    if (text(answer, 'return') === 'false') throw new VendorError('conflict', `${vendorId} was not restarted`);
  }

  /** The end of it, at most 64 KiB; what is not there yet is empty (GetConsoleOutput). */
  private async written(region: string, vendorId: string): Promise<string> {
    const answer = await this.query.call(region, 'GetConsoleOutput', { InstanceId: vendorId });
    return Buffer.from(text(answer, 'output') ?? '', 'base64').toString();
  }

  /**
   * EC2 changes the type of stopped machines only: stop, change, start. One that was stopped stays so. Where the new type is refused the
   * machine is left stopped: a resize back to its former type starts it again.
   */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    if (!this.profile.stops) throw new VendorError('invalid-request', 'this cloud gives no machine another size');
    const machine = await this.machine(region, vendorId);
    const fits = text(machine, 'instanceType') === size;
    const ran = hasTag(machine, resizingTag);
    switch (text(machine, 'instanceState', 'name')) {
      case 'running':
        if (!fits) return await this.stop(region, vendorId, size);
        if (ran) await this.query.call(region, 'DeleteTags', { ResourceId: [vendorId], Tag: [{ Key: resizingTag }] });
        return true;
      case 'stopped':
        if (!fits) await this.modify(region, vendorId, size);
        if (ran) await this.act(region, vendorId, 'start', false);
        return !ran;
      case 'shutting-down':
      case 'terminated':
        throw new VendorError('not-found', `${vendorId} is terminated: it cannot be resized`);
      default:
        return false;
    }
  }

  /** Without a reboot: the image is as consistent as the disk of a machine that loses power. */
  async save(region: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    if (!this.profile.stops) throw new VendorError('invalid-request', 'this cloud makes no image of a machine');
    const name = imageName(image.name, image.token);
    const byName = { Filter: [{ Name: 'name', Value: [name] }] };
    const tagged = this.profile.tagsImages;
    const known = await this.saved(region, tagged ? withTag(imageTag, image.token) : byName);
    if (known) return known;
    try {
      const answer = await this.query.call(region, 'CreateImage', {
        InstanceId: vendorId,
        Name: name,
        NoReboot: 'true',
        ...(tagged ? madeWith('image', { Name: image.name, [imageTag]: image.token }) : {}),
      });
      const imageId = text(answer, 'imageId');
      if (imageId === undefined) throw new VendorError('unknown', 'CreateImage answered without an image', { code: 'malformed' });
      return { vendorId: imageId, state: 'building' };
    } catch (error) {
      // An earlier call made it, and its tag did not show yet: the name carries the token as well.
      const refusal = asVendorError(error);
      const made = refusal.reason === 'conflict' && (await this.saved(region, byName));
      if (!made) throw refusal;
      return made;
    }
  }

  private async machine(region: string, vendorId: string): Promise<XmlNode> {
    const answer = await this.query.call(region, 'DescribeInstances', { InstanceId: [vendorId] });
    const [machine] = items(answer, 'reservationSet').flatMap((reservation) => items(reservation, 'instancesSet'));
    if (machine === undefined) throw new VendorError('not-found', `${region} has no machine ${vendorId}`);
    return machine;
  }

  private async stop(region: string, vendorId: string, size: string): Promise<false> {
    await this.query.call(region, 'CreateTags', { ResourceId: [vendorId], Tag: tagList({ [resizingTag]: size }) });
    await this.act(region, vendorId, 'stop', false);
    return false;
  }

  private async modify(region: string, vendorId: string, size: string): Promise<void> {
    await this.query.call(region, 'ModifyInstanceAttribute', { InstanceId: vendorId, InstanceType: { Value: size } });
  }

  private async saved(region: string, which: Params): Promise<SavedImage | undefined> {
    const found = await this.query.all(region, 'DescribeImages', 'imagesSet', { Owner: ['self'], ...which });
    const [image] = found.flatMap((item) => savedImageOf(item) ?? []);
    return image;
  }
}

const hasTag = (item: XmlNode, key: string): boolean => items(item, 'tagSet').some((entry) => text(entry, 'key') === key);

/** imageState (EC2 API reference, Image). A state that EC2 adds one day counts as still building. */
const imageStates: Readonly<Record<string, SavedImage['state']>> = {
  pending: 'building',
  transient: 'building',
  available: 'active',
  failed: 'error',
  error: 'error',
  invalid: 'error',
  deregistered: 'error',
  disabled: 'error',
};

function savedImageOf(item: XmlNode): SavedImage | undefined {
  const vendorId = text(item, 'imageId');
  return vendorId === undefined ? undefined : { vendorId, state: imageStates[text(item, 'imageState') ?? ''] ?? 'building' };
}

const longestImageName = 128;

/** Unique in the account; letters, digits and `()[] ./-'@_` only (CreateImage, Name). */
function imageName(name: string, token: string): string {
  const allowed = name.replace(/[^A-Za-z0-9()[\] ./\-'@_]/g, '-');
  return `${allowed.slice(0, longestImageName - token.length - 1)}-${token}`;
}
