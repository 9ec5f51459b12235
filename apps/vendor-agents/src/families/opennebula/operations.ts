import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { list, number, text, type XmlElement } from '../../vendor/xml.js';
import type { Chosen } from './catalogue.js';
import { isDone, isPoweredOff, isRunning } from './mapping.js';
import type { OneRpc } from './one-rpc.js';
import { hardRebootWord, savingDisk } from './release.js';
import { templateText } from './template-text.js';

/** On a machine that was running when its resize began, until it runs again: that it is to be started is remembered by the cloud. */
const resizing = 'AGENCY_RESIZING';
/** one.vm.update: 1 merges what is sent with what is there. */
const merge = 1;

/** IMAGE STATE: INIT, LOCKED, CLONE and the like go on; ERROR and DISABLED do not. */
const imageStates: Readonly<Record<number, SavedImage['state']>> = {
  1: 'active',
  2: 'active',
  3: 'error',
  5: 'error',
  8: 'active',
};
const longestName = 128;

export class OneOperations implements MachineOperations {
  constructor(
    private readonly rpc: OneRpc,
    private readonly sizeCalled: (size: string) => Promise<Chosen>,
  ) {}

  /** The words of one.vm.action (XML-RPC API); `resume` starts what is powered off as well. */
  async act(_: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const words: Readonly<Record<PowerAction, readonly [string, string]>> = {
      start: ['resume', 'resume'],
      stop: ['poweroff', 'poweroff-hard'],
      restart: ['reboot', hardRebootWord(await this.rpc.release())],
      suspend: ['suspend', 'suspend'],
      resume: ['resume', 'resume'],
    };
    await this.say(vendorId, words[action][forced ? 1 : 0]);
  }

  /** one.vm.resize takes a machine that is powered off: off, resize, on. One that was off stays so. */
  async resize(_: string, vendorId: string, size: string): Promise<boolean> {
    const [vm, chosen] = await Promise.all([this.machine(vendorId), this.sizeCalled(size)]);
    if (isDone(vm)) throw new VendorError('not-found', `${vendorId} is done: it cannot be resized`);
    const fits = isOfSize(vm, chosen);
    const ran = text(vm, 'USER_TEMPLATE', resizing) === 'YES';
    if (isRunning(vm)) {
      if (!fits) return await this.powerOff(vendorId);
      if (ran) await this.remember(vendorId, 'NO');
      return true;
    }
    if (!isPoweredOff(vm)) return false;
    if (!fits) await this.change(vendorId, chosen);
    if (ran) await this.say(vendorId, 'resume');
    return !ran;
  }

  /** Of the first disk, as it is. A name may be given once to each owner: it ends in the token, and is looked up first. */
  async save(_: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    const name = `${image.name.replace(/[^\w.-]+/g, '-').slice(0, longestName - image.token.length - 1)}-${image.token}`;
    const known = await this.saved(name);
    if (known) return known;
    const [vm, release] = await Promise.all([this.machine(vendorId), this.rpc.release()]);
    const [disk] = list(vm, ['TEMPLATE'], 'DISK');
    const made = await this.rpc.make(savingDisk(release, Number(vendorId), number(disk ?? '', 'DISK_ID') ?? 0, name));
    return { vendorId: made, state: 'building' };
  }

  private async machine(vendorId: string): Promise<XmlElement> {
    return await this.rpc.document('VM', 'one.vm.info', Number(vendorId));
  }

  private async say(vendorId: string, word: string): Promise<void> {
    await this.rpc.do({ method: 'one.vm.action', args: [word, Number(vendorId)] });
  }

  private async powerOff(vendorId: string): Promise<false> {
    await this.remember(vendorId, 'YES');
    await this.say(vendorId, 'poweroff');
    return false;
  }

  private async remember(vendorId: string, value: 'YES' | 'NO'): Promise<void> {
    await this.rpc.do({ method: 'one.vm.update', args: [Number(vendorId), templateText({ [resizing]: value }), merge] });
  }

  /** Whether the host has room is checked (`enforce`). */
  private async change(vendorId: string, { cores, cpu, memory }: Chosen): Promise<void> {
    const template = templateText({ CPU: cpu, VCPU: cores, MEMORY: Math.round(memory * 1024) });
    await this.rpc.do({ method: 'one.vm.resize', args: [Number(vendorId), template, true] });
  }

  private async saved(name: string): Promise<SavedImage | undefined> {
    const pool = await this.rpc.document('IMAGE_POOL', 'one.imagepool.info', -3, -1, -1);
    const image = list(pool, [], 'IMAGE').find((entry) => text(entry, 'NAME') === name);
    const id = image && text(image, 'ID');
    return image && id !== undefined
      ? { vendorId: id, state: imageStates[number(image, 'STATE') ?? 0] ?? 'building' }
      : undefined;
  }
}

function isOfSize(vm: XmlElement, { cores, memory }: Chosen): boolean {
  const shown = number(vm, 'TEMPLATE', 'VCPU') ?? number(vm, 'TEMPLATE', 'CPU');
  return shown === cores && number(vm, 'TEMPLATE', 'MEMORY') === Math.round(memory * 1024);
}
