import { machineLabel, readMachineLabel } from '../../vendor/machine-label.js';
import { installationTag, type Volume, type VolumeDriver, type VolumeOrder } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { list, number, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import type { OneRpc } from './one-rpc.js';
import { templateText } from './template-text.js';

/** IMAGE STATE (Images reference): LOCKED, CLONE, DELETE and what is yet to come are on their way. */
const ready = 1;
const used: readonly number[] = [2, 8];
const broken: readonly number[] = [3, 5];

const imageDatastore = 0;
const longestName = 128;

/**
 * Volumes are datablocks: images that keep what is written on them (PERSISTENT). Their names, of which an owner has each once, end in our
 * token. A datablock is in no zone: any host reaches its datastore.
 */
export class OneVolumes implements VolumeDriver {
  constructor(
    private readonly rpc: OneRpc,
    private readonly datastore: string | undefined,
  ) {}

  async create(order: VolumeOrder, token: string): Promise<Volume> {
    const template = templateText({
      NAME: machineLabel(order.name, order.tags[installationTag] ?? '', token, longestName),
      TYPE: 'DATABLOCK',
      PERSISTENT: 'YES',
      DEV_PREFIX: 'vd',
      SIZE: order.size * 1024,
      AGENCY_TAGS: new URLSearchParams(order.tags).toString(),
    });
    const vendorId = await this.rpc.make({ method: 'one.image.allocate', args: [template, await this.datastoreId(order.size)] });
    return { vendorId, state: 'building', zone: null, machine: null, device: null };
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const pool = await this.rpc.document('IMAGE_POOL', 'one.imagepool.info', -3, -1, -1);
    const image = list(pool, [], 'IMAGE').find((entry) => readMachineLabel(text(entry, 'NAME') ?? '')?.placement === token);
    const id = image && text(image, 'ID');
    return id === undefined ? undefined : await this.get(region, id);
  }

  /** The machine says more than the image: whether the disk is still on its way to it, or from it. */
  async get(_: string, vendorId: string): Promise<Volume | undefined> {
    const image = await this.image(vendorId);
    if (image === undefined) return undefined;
    const state = number(image, 'STATE') ?? Number.NaN;
    const free = { vendorId, zone: null, machine: null, device: null };
    if (broken.includes(state)) return { ...free, state: 'error' };
    if (state === ready) return { ...free, state: 'available' };
    const machine = used.includes(state) ? holderOf(image) : undefined;
    return (machine === undefined ? undefined : await this.held(vendorId, machine)) ?? { ...free, state: 'building' };
  }

  async attach(_: string, vendorId: string, machine: string, device: string | undefined): Promise<void> {
    const image = await this.required(vendorId);
    const holder = holderOf(image);
    if (holder === machine) return;
    if (holder !== undefined) throw new VendorError('conflict', `the volume ${vendorId} is attached to ${holder}`);
    const disk = templateText({ DISK: { IMAGE_ID: vendorId, TARGET: device?.replace(/^\/dev\//, '') } });
    await this.rpc.do({ method: 'one.vm.attach', args: [Number(machine), disk] });
  }

  async detach(_: string, vendorId: string, machine: string): Promise<void> {
    const disk = await this.diskOf(vendorId, machine);
    const id = disk && number(disk, 'DISK_ID');
    if (!disk || id === undefined) return;
    if (isMoving(disk)) throw moving(vendorId);
    await this.rpc.do({ method: 'one.vm.detach', args: [Number(machine), id] });
  }

  async delete(_: string, vendorId: string): Promise<void> {
    const image = await this.image(vendorId);
    if (image === undefined) return;
    const holder = holderOf(image);
    if (holder !== undefined) throw new VendorError('conflict', `the volume ${vendorId} is attached to ${holder}`);
    await unlessGone(this.rpc.do({ method: 'one.image.delete', args: [Number(vendorId)] }));
  }

  private async held(vendorId: string, machine: string): Promise<Volume | undefined> {
    const disk = await this.diskOf(vendorId, machine);
    if (disk === undefined) return undefined;
    const target = text(disk, 'TARGET');
    const device = target === undefined ? null : `/dev/${target}`;
    return { vendorId, zone: null, machine, device, state: isMoving(disk) ? 'building' : 'attached' };
  }

  private async image(vendorId: string): Promise<XmlElement | undefined> {
    if (!/^\d+$/.test(vendorId)) return undefined;
    return await unlessGone(this.rpc.document('IMAGE', 'one.image.info', Number(vendorId)));
  }

  private async required(vendorId: string): Promise<XmlElement> {
    const image = await this.image(vendorId);
    if (image === undefined) throw new VendorError('not-found', `the cloud has no volume ${vendorId}`);
    return image;
  }

  /** Undefined when the machine is gone, or does not have it. */
  private async diskOf(vendorId: string, machine: string): Promise<XmlNode | undefined> {
    const vm = await unlessGone(this.rpc.document('VM', 'one.vm.info', Number(machine)));
    return vm && list(vm, ['TEMPLATE'], 'DISK').find((disk) => text(disk, 'IMAGE_ID') === vendorId);
  }

  /** The account's own choice, else the image datastore with the most room. */
  private async datastoreId(gib: number): Promise<number> {
    const pool = await this.rpc.document('DATASTORE_POOL', 'one.datastorepool.info');
    const stores = list(pool, [], 'DATASTORE').filter((store) => (number(store, 'TYPE') ?? imageDatastore) === imageDatastore);
    const wanted = stores.filter((store) => this.datastore === undefined || isCalled(store, this.datastore));
    const [roomiest] = wanted.sort((a, b) => freeMib(b) - freeMib(a));
    if (roomiest === undefined)
      throw new VendorError('not-found', `the account may use no image datastore ${this.datastore ?? ''}`.trimEnd());
    if (freeMib(roomiest) < gib * 1024) throw new VendorError('no-capacity', `no datastore has ${gib} GiB left`);
    const id = number(roomiest, 'ID');
    if (id === undefined) throw malformed('the answer describes a datastore without an ID');
    return id;
  }
}

/** What a datastore says nothing of is enough. */
const freeMib = (store: XmlNode): number => number(store, 'FREE_MB') ?? Number.MAX_SAFE_INTEGER;

const isCalled = (store: XmlNode, wanted: string): boolean => [text(store, 'ID'), text(store, 'NAME')].includes(wanted);

const holderOf = (image: XmlNode): string | undefined => text(list(image, ['VMS'], 'ID')[0] ?? '');

/** ATTACH is on the disk that is being attached or detached. */
const isMoving = (disk: XmlNode): boolean => text(disk, 'ATTACH') === 'YES';

const moving = (vendorId: string): VendorError =>
  new VendorError('conflict', `the volume ${vendorId} is being attached or detached; ask again`, {
    code: 'moving',
    underWay: true,
  });
