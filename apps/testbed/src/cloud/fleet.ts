import type { Clock, Log } from '@cloud-agency/runtime';
import type { AddressBlock } from './address-block.js';
import { Answers } from './answers.js';
import type { Disk } from './disk.js';
import { type Action, type Instance, isUp, transitions } from './instance.js';
import { Interruptions } from './interruptions.js';
import { Refusal } from './refusal.js';
import { confirmed, resizing, settledOf, withSize } from './resizing.js';

/** How long a terminated instance can still be described. */
const afterlifeMs = 3_600_000;

/** What a new instance is known by before it has an address. */
export type NewInstance = Omit<Instance, 'address' | 'dead' | 'endedAt' | 'launchedAt'> & {
  /** One that its account has reserved; absent: the testbed chooses. */
  readonly address?: string;
};

export interface FleetParts {
  readonly disk: Disk;
  readonly addresses: AddressBlock;
  readonly clock: Clock;
  readonly log: Log;
  /** True where everything is down at present, so that nothing there answers. */
  readonly isDark: (instance: Instance) => boolean;
  /** Told, before it is on disk, that an instance has been terminated; after a crash it may be told again. */
  readonly ended: (instance: Instance) => void;
  /** What runs on instances beside what they answer: opened while one is up, as often as that is looked at. */
  readonly agents: { open(instance: Instance): void; close(id: string): void; closeAll(): void; forget(id: string): void };
}

/**
 * All instances of all clouds: kept on disk before anything is answered, carried through their changes of state, and serving while they
 * run. A change under way goes on after a restart.
 */
export class Fleet {
  private readonly instances = new Map<string, Instance>();
  private readonly timers = new Map<string, () => void>();
  private readonly interruptions: Interruptions;
  private readonly answers = new Answers();
  private closed = false;

  private constructor(private readonly parts: FleetParts) {
    this.interruptions = new Interruptions(parts.clock, (id) => {
      this.takeBack(id);
    });
  }

  /** Resolves once every instance that runs answers again. */
  static async open(parts: FleetParts): Promise<Fleet> {
    const fleet = new Fleet(parts);
    const kept = parts.disk.instances();
    for (const instance of kept) {
      fleet.instances.set(instance.id, instance);
      if (instance.address !== null) parts.addresses.keep(instance.address);
    }
    await Promise.all(kept.map((instance) => fleet.attend(instance)));
    for (const instance of kept) {
      fleet.schedule(instance);
      fleet.interruptions.await(instance);
    }
    return fleet;
  }

  all(): Instance[] {
    return [...this.instances.values()];
  }

  get(id: string): Instance | undefined {
    return this.instances.get(id);
  }

  /** @throws Refusal no-capacity when the testbed has no address left for one of them; then none is placed. */
  place(wanted: readonly NewInstance[]): Instance[] {
    this.forgetLongGone();
    const placed = wanted.map((instance) => ({
      ...instance,
      address: this.addressFor(instance),
      dead: false,
      endedAt: null,
      launchedAt: null,
    }));
    const short = placed.some(({ address, state }) => address === null && state !== 'error');
    if (short) {
      for (const { address } of placed) if (address !== null) this.parts.addresses.giveBack(address);
      throw new Refusal('no-capacity', 'The testbed has no address left for another instance.');
    }
    this.save(placed);
    for (const instance of placed) this.schedule(instance);
    return placed;
  }

  /** @throws Refusal wrong-state when the action cannot be asked of the instance as it is. */
  act(instance: Instance, action: Action): Instance {
    return this.begin(instance, action, {});
  }

  /** Of a stopped one, on the course that a new one takes. @throws Refusal wrong-state */
  boot(instance: Instance, course: Pick<Instance, 'state' | 'change' | 'fault'>): Instance {
    if (instance.state !== 'stopped') throw new Refusal('wrong-state', `Instance ${instance.id} is ${instance.state}.`);
    const booting = { ...instance, ...course };
    this.save([booting]);
    this.schedule(booting);
    return booting;
  }

  /**
   * @param final whether the new size is its own at the end; else its owner has to confirm it.
   * @throws Refusal wrong-state
   */
  resize(instance: Instance, size: string, final = false): Instance {
    return this.begin(instance, 'resize', resizing(instance, size, final));
  }

  /** @throws Refusal wrong-state */
  confirmResize(instance: Instance): void {
    this.save([confirmed(instance)]);
  }

  /** Of a stopped one, at once. @throws Refusal wrong-state */
  changeSize(instance: Instance, size: string): void {
    this.save([withSize(instance, size)]);
  }

  relabel(instance: Instance, labels: Readonly<Record<string, string>>): void {
    this.save([{ ...instance, labels }]);
  }

  /** Its user data from now on: some clouds take it after they have made the machine, which reads it when it boots. */
  furnish(instance: Instance, userData: string | undefined): void {
    this.save([{ ...instance, userData }]);
  }

  rename(instance: Instance, name: string): Instance {
    const renamed = { ...instance, name };
    this.save([renamed]);
    return renamed;
  }

  /** The cloud will take a spot machine back, so many ms from now. @throws Refusal wrong-state when it is none, or has ended. */
  interrupt(instance: Instance, noticeMs: number): Instance {
    if (!instance.spot || !transitions.delete.from.includes(instance.state))
      throw new Refusal('wrong-state', `Instance ${instance.id} is ${instance.spot ? instance.state : 'no spot machine'}.`);
    const toldAt = this.parts.clock.now();
    const marked: Instance = { ...instance, interruption: { toldAt, at: toldAt + noticeMs, carriedOut: false } };
    this.save([marked]);
    this.interruptions.await(marked);
    return marked;
  }

  /** In a state that no document of its protocol names; null: in its own again. */
  showAs(instance: Instance, odd: string | null): Instance {
    const shown = { ...instance, odd };
    this.save([shown]);
    return shown;
  }

  /** It uses so much of its cores, per cent; null: as it comes. */
  burden(instance: Instance, load: number | null): Instance {
    const burdened = { ...instance, load };
    this.save([burdened]);
    return burdened;
  }

  /** It is as if it had never been. */
  forget(instance: Instance): void {
    this.timers.get(instance.id)?.();
    this.timers.delete(instance.id);
    this.interruptions.calm(instance.id);
    this.silence(instance.id);
    this.parts.ended(instance);
    if (instance.address !== null) this.parts.addresses.giveBack(instance.address);
    this.parts.disk.forgetInstance(instance.id);
    this.instances.delete(instance.id);
  }

  /**
   * Its process ends. Silently: the cloud goes on calling it running. Otherwise the cloud shows it stopped.
   * @throws Refusal wrong-state when it does not run.
   */
  die(instance: Instance, silent: boolean): Instance {
    if (instance.state !== 'running') throw new Refusal('wrong-state', `Instance ${instance.id} is ${instance.state}.`);
    const died: Instance = silent ? { ...instance, dead: true } : { ...instance, state: 'stopped', change: null };
    this.save([died]);
    this.silence(instance.id);
    return died;
  }

  /** Opens and closes what instances answer, after what is down has changed. */
  async heed(): Promise<void> {
    await Promise.all(this.all().map((instance) => this.attend(instance)));
  }

  close(): void {
    this.closed = true;
    for (const cancel of this.timers.values()) cancel();
    this.interruptions.close();
    this.answers.closeAll();
    this.parts.agents.closeAll();
  }

  private begin(instance: Instance, action: Action, changes: Partial<Instance>): Instance {
    const { from, by, to, ms } = transitions[action];
    if (!from.includes(instance.state)) throw new Refusal('wrong-state', `Instance ${instance.id} is ${instance.state}.`);
    const changed: Instance = { ...instance, ...changes, state: by, change: { to, at: this.parts.clock.now() + ms } };
    this.save([changed]);
    this.silence(instance.id);
    this.schedule(changed);
    return changed;
  }

  private save(instances: readonly Instance[]): void {
    this.parts.disk.saveInstances(instances);
    for (const instance of instances) this.instances.set(instance.id, instance);
  }

  private addressFor({ state, address }: NewInstance): string | null {
    if (state === 'error') return null;
    if (address === undefined) return this.parts.addresses.take();
    this.parts.addresses.keep(address);
    return address;
  }

  private schedule(instance: Instance): void {
    this.timers.get(instance.id)?.();
    this.timers.delete(instance.id);
    if (instance.change === null) return;
    const ms = Math.max(0, instance.change.at - this.parts.clock.now());
    const settle = (): void => {
      this.settle(instance.id).catch((error: unknown) => {
        this.parts.log.error({ instance: instance.id, error: String(error) }, 'A simulated instance could not change its state');
      });
    };
    this.timers.set(instance.id, this.parts.clock.after(ms, settle));
  }

  /** Its owner may have ended it before. */
  private takeBack(id: string): void {
    const instance = this.instances.get(id);
    if (!instance?.interruption || !transitions.delete.from.includes(instance.state)) return;
    this.begin(instance, 'delete', { interruption: { ...instance.interruption, carriedOut: true } });
  }

  private async settle(id: string): Promise<void> {
    this.timers.delete(id);
    const instance = this.instances.get(id);
    if (!instance?.change) return;
    const now = this.parts.clock.now();
    const settled = settledOf(instance, instance.change);
    if (isUp(settled)) await this.run({ ...settled, dead: false, launchedAt: now }, instance.change);
    else if (settled.state === 'terminated' || settled.state === 'error') this.end({ ...settled, endedAt: now });
    else this.save([settled]);
  }

  /** It answers before the cloud says that it runs, unless something else was asked of it meanwhile. */
  private async run(running: Instance, change: Instance['change']): Promise<void> {
    const problem = await this.attend(running).then(() => null, String);
    const current = this.instances.get(running.id);
    if (this.closed || current?.change !== change) this.silence(running.id);
    else if (problem === null) this.save([{ ...running, ...keptThroughout(current) }]);
    else this.end({ ...running, state: 'error', fault: { code: 500, message: problem, at: this.parts.clock.now() } });
  }

  private silence(id: string): void {
    this.answers.close(id);
    this.parts.agents.close(id);
  }

  private end(ended: Instance): void {
    this.parts.agents.forget(ended.id);
    if (ended.state === 'terminated') this.parts.ended(ended);
    if (ended.address !== null) this.parts.addresses.giveBack(ended.address);
    this.save([{ ...ended, address: null }]);
  }

  private async attend(instance: Instance): Promise<void> {
    if (!isUp(instance) || instance.dead || this.parts.isDark(instance)) {
      this.silence(instance.id);
      return;
    }
    await this.answers.open(instance);
    this.parts.agents.open(instance);
  }

  private forgetLongGone(): void {
    const before = this.parts.clock.now() - afterlifeMs;
    for (const { id, state, endedAt } of this.all()) {
      if (state !== 'terminated' || endedAt === null || endedAt > before) continue;
      this.parts.disk.forgetInstance(id);
      this.instances.delete(id);
    }
  }
}

/** What may change while a change of state is under way. */
const keptThroughout = ({ labels, userData, interruption, load }: Instance): Partial<Instance> => ({
  labels,
  ...(userData === undefined ? {} : { userData }),
  ...(load === undefined ? {} : { load }),
  ...(interruption && { interruption }),
});
