import type { Account } from '@cloud-agency/runtime';
import { randomUUID } from 'node:crypto';
import { openAccount } from '../../src/vendor/credentials.js';
import { VendorHttp } from '../../src/vendor/http.js';
import type { Instance, InstanceState, MachineOrder, VendorDriver } from '../../src/vendor/port.js';
import { asVendorError, VendorError } from '../../src/vendor/vendor-error.js';
import type { Ability, VendorModule } from '../../src/vendor/vendor-module.js';
import type { Fault, Testbed, TestbedInstance } from '../testbed.js';
import { until } from '../until.js';

export const installation = 'contract-suite';

/** A vendor module at its cloud of the testbed. */
export class Subject {
  private readonly opened: VendorDriver[] = [];

  private constructor(
    readonly module: VendorModule,
    readonly testbed: Testbed,
    readonly account: Account,
  ) {}

  driver!: VendorDriver;
  /** A machine that the cloud can make in every zone of a region. */
  order!: MachineOrder;

  static async at(module: VendorModule, testbed: Testbed): Promise<Subject> {
    const account = (await testbed.accounts()).find(({ vendor }) => vendor === module.name);
    if (!account) throw new Error(`no cloud of the testbed is there for ${module.name}`);
    const subject = new Subject(module, testbed, account);
    subject.driver = subject.connect();
    subject.order = await subject.orderable();
    return subject;
  }

  get cloud(): string {
    return this.account.name;
  }

  can(ability: Ability): boolean {
    return this.module.abilities.includes(ability);
  }

  connect(change: Partial<Account> = {}, timeoutMs = 5_000): VendorDriver {
    const http = new VendorHttp({ timeoutMs, concurrency: 4, random: Math.random, signal: new AbortController().signal });
    const account = openAccount({ ...this.account, ...change }, this.module);
    const driver = this.module.connect(account, { http, now: Date.now });
    this.opened.push(driver);
    return driver;
  }

  /** An order for a machine of its own, with a token. */
  wanted(change: Partial<MachineOrder> = {}): { readonly order: MachineOrder; readonly token: string } {
    const token = randomUUID();
    return { token, order: { ...this.order, ...change, tags: { ...this.order.tags, 'agency.placement': token } } };
  }

  /** A machine, as soon as the cloud has taken the order. */
  async made(): Promise<string> {
    const { order, token } = this.wanted();
    return (await this.driver.create(order, token)).vendorId;
  }

  async running(): Promise<Instance> {
    return await this.becomes(await this.made(), 'active');
  }

  async becomes(vendorId: string, state: InstanceState): Promise<Instance> {
    return await until(state, async () => {
      const instance = await this.driver.get(this.order.region, vendorId);
      return instance?.state === state && instance;
    });
  }

  /** Asks again and again, as the agent does, until the cloud does not know it. */
  async gone(vendorId: string): Promise<void> {
    const { region } = this.order;
    await until('gone', async () => {
      const instance = await this.driver.get(region, vendorId);
      if (!instance || instance.state === 'gone') return true;
      await this.driver.delete(region, vendorId).catch(() => undefined);
      return false;
    });
  }

  /** As the agent does after a create whose fate is unknown: look for a while, and only then ask again. */
  async settled(order: MachineOrder, token: string): Promise<Instance> {
    const look = async (): Promise<Instance | undefined> => await this.driver.find(order.region, token);
    const found = await until('found', look, 1_500).catch(() => undefined);
    return found ?? (await this.driver.create(order, token));
  }

  async fault(fault: Omit<Fault, 'cloud'>): Promise<void> {
    await this.testbed.fault({ ...fault, cloud: this.cloud } as Fault);
  }

  async instances(): Promise<readonly TestbedInstance[]> {
    return await this.testbed.instances(this.cloud);
  }

  close(): void {
    for (const driver of this.opened) driver.close();
  }

  private async orderable(): Promise<MachineOrder> {
    const [region = ''] = Array.isArray(this.account.regions) ? this.account.regions : Object.keys(this.account.regions);
    const [zone = ''] = await this.driver.zones(region);
    const size = (await this.driver.sizes(region)).find(({ architecture, zones }) => architecture !== 'arm64' && !zones);
    if (!size) throw new Error(`${this.cloud} has no size in all zones of ${region}`);
    const image = await this.driver.image('debian-12', size.architecture, region);
    const tags = { 'agency.installation': installation };
    return { name: 'contract', region, zone, size: size.name, image, tags };
  }
}

export async function failureOf(call: Promise<unknown>): Promise<VendorError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome === undefined) throw new Error('it did not fail');
  return asVendorError(outcome);
}

/** An identifier that looks like this one and is nobody's. Numbers are given one after the other: only a longer one has not been. */
export const another = (vendorId: string): string =>
  /^\d+$/.test(vendorId) ? `${vendorId}7` : vendorId.replace(/[0-9a-f](?=[^0-9a-f]*$)/i, (last) => (last === '7' ? '8' : '7'));

/** What of a test suite a vendor's abilities call for. */
export const when = (able: boolean): jest.It => (able ? it : it.skip);

/** Asks again as long as the vendor says that it takes its time. */
export async function repeated<T>(what: string, call: () => Promise<T | false>): Promise<T> {
  return await until(what, async () => {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof VendorError) || (!error.passing && error.reason !== 'conflict')) throw error;
      return false;
    }
  });
}
