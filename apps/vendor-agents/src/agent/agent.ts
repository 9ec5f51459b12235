import { agentTransport, type BusAddress, consume, subjects } from '@cloud-agency/bus';
import type { Account, AppContext, Clock, RunningApp } from '@cloud-agency/runtime';
import { takeOnce } from '@cloud-agency/store';
import type { NatsConnection } from '@nats-io/transport-node';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Observer } from '../observing/observer.js';
import { noteCommand } from '../placement/commands.js';
import type { Placements } from '../placement/placements.js';
import { Provisioner } from '../placement/provisioner.js';
import { Reconciler } from '../placement/reconciler.js';
import { timings } from '../placement/timings.js';
import { noteRequest } from '../tasks/requests.js';
import { TaskRunner } from '../tasks/task-runner.js';
import type { Tasks } from '../tasks/tasks.js';
import { openAccount } from '../vendor/credentials.js';
import { VendorHttp } from '../vendor/http.js';
import { discreet } from '../vendor/discreet.js';
import { metered } from '../vendor/metered.js';
import type { VendorDriver } from '../vendor/port.js';
import type { PriceFeed } from '../vendor/price-source.js';
import type { VendorModule } from '../vendor/vendor-module.js';
import { traced } from '../vendor/traced.js';
import { vendorNamed } from '../vendors/registry.js';
import { AccountQuotas } from './account-quotas.js';
import { Announcer } from './announcer.js';
import { Answering } from './answering.js';
import { Cache } from './cache.js';
import { Catalogue } from './catalogue.js';
import { CfpController } from './cfp.controller.js';
import { CurrentPrices } from './current-prices.js';
import { regionNames } from './offer-rows.js';
import { feedOf } from './price-feed.js';
import { SizesByRegion } from './regional-sizes.js';
import { SellingTerms } from './selling-terms.js';

/** What the agents of one process share. */
export interface Shared extends AppContext {
  readonly bus: BusAddress;
  readonly connection: NatsConnection;
  readonly placements: Placements;
  readonly tasks: Tasks;
  readonly installation: string;
  /** Who this process is, among those that share the store. */
  readonly owner: string;
}

/** An agent's parts, before it is started. */
interface Agent {
  readonly account: Account;
  readonly vendor: VendorModule;
  readonly driver: VendorDriver;
  readonly terms: SellingTerms;
  readonly catalogue: Catalogue;
  readonly quotas: AccountQuotas;
  readonly provisioner: Provisioner;
  readonly runner: TaskRunner;
  readonly observer: Observer;
  readonly reconciler: Reconciler;
}

const requestTimeoutMs = 15_000;
const ownConcurrency = 4;
/** What a stopping agent lets its calls to the vendor take before it cuts them off; the store knows what was begun. */
const graceMs = 1_000;

/** One vendor account as a microservice of its own: it announces itself, answers calls, and provisions what is accepted. */
export async function startAgent(account: Account, shared: Shared): Promise<RunningApp> {
  const { clock, connection } = shared;
  const abort = new AbortController();
  const agent = assemble(account, shared, abort.signal);
  const microservice = await listen(agent, shared);
  const stopConsuming = await takeCommands(agent, shared);
  const announcer = new Announcer(connection, identityOf(agent), agent.catalogue, clock);
  announcer.start();
  void agent.catalogue.loaded.then(() => {
    announcer.beat();
  });
  const loading = agent.catalogue.keepFresh().then(() => {
    agent.quotas.keepFresh();
  });
  agent.provisioner.start();
  agent.runner.start();
  agent.observer.start();
  agent.reconciler.start();
  return {
    async stop() {
      const cutOff = clock.after(graceMs, () => {
        abort.abort();
      });
      announcer.stop();
      const saved = agent.catalogue.stop();
      // Calls that waited for offers are refused now, while there is a connection to do it on.
      await nextTurn();
      await Promise.all([microservice.close(), stopConsuming()]);
      await Promise.all([agent.provisioner.stop(), agent.runner.stop()]);
      cutOff();
      abort.abort();
      await Promise.all([agent.quotas.stop(), agent.observer.stop(), agent.reconciler.stop()]);
      await Promise.all([loading, saved]);
      agent.driver.close();
    },
  };
}

function assemble(account: Account, shared: Shared, signal: AbortSignal): Agent {
  const { clock, log, placements, tasks, installation, owner } = shared;
  const vendor = vendorNamed(account.vendor);
  const http = openHttp(account, signal);
  const driver = connect(account, vendor, http, clock);
  const regions = regionNames(account.regions);
  const cache = new Cache(placements.database, account.name);
  const sizes = new SizesByRegion(driver, cache, regions);
  const terms = new SellingTerms(account, regions);
  const catalogue = openCatalogue({ account, vendor, feed: feedOf(account, driver, http), cache, sizes, terms }, shared);
  const quotas = new AccountQuotas({
    agent: account.name,
    declared: account.quota,
    regions,
    driver,
    sizes,
    placements,
    clock,
    log,
  });
  const options = { agent: account.name, owner, installation, driver, quotes: catalogue, placements, clock, log, timings };
  const runner = new TaskRunner({ ...options, vendor: account.operator ?? vendor.operator, tasks });
  const observer = new Observer({ agent: account.name, driver, sizes, placements, connection: shared.connection, clock, log });
  const provisioner = new Provisioner(options);
  const wake = (placement: string): void => {
    provisioner.wake(placement);
  };
  const reconciler = new Reconciler({ ...options, wake });
  return { account, vendor, driver, terms, catalogue, quotas, provisioner, runner, observer, reconciler };
}

/** What decorates every driver stands here: its failures repeat no secret, its calls are spans, and they are measured. */
function connect(account: Account, vendor: VendorModule, http: VendorHttp, clock: Clock): VendorDriver {
  const opened = openAccount(account, vendor);
  const driver = vendor.connect(opened, { http, now: () => clock.now() });
  const quiet = discreet(driver, opened.credentials, vendor.credentials);
  return metered(traced(quiet, { account: account.name, vendor: vendor.name }), account.name);
}

/** As often and as much at once as the account allows. */
function openHttp({ limits }: Account, signal: AbortSignal): VendorHttp {
  const { concurrency = ownConcurrency, requests_per_second: perSecond } = limits ?? {};
  const pace = perSecond === undefined ? {} : { perSecond };
  return new VendorHttp({ timeoutMs: requestTimeoutMs, concurrency, random: Math.random, signal, ...pace });
}

interface Stock {
  readonly account: Account;
  readonly vendor: VendorModule;
  readonly feed: PriceFeed;
  readonly cache: Cache;
  readonly sizes: SizesByRegion;
  readonly terms: SellingTerms;
}

function openCatalogue({ account, vendor, feed, cache, sizes, terms }: Stock, shared: Shared): Catalogue {
  const { clock, log, settings } = shared;
  return new Catalogue({
    seller: {
      agent: account.name,
      vendor: account.operator ?? vendor.operator,
      regions: account.regions,
      terms,
      sellsSpot: vendor.abilities.includes('spot'),
    },
    sizes,
    prices: new CurrentPrices(feed, cache, settings.config.rates, () => clock.now()),
    cache,
    clock,
    log,
  });
}

async function listen({ account, driver, terms, catalogue, quotas }: Agent, shared: Shared): Promise<INestMicroservice> {
  const { clock, ids, log, bus } = shared;
  const answering = new Answering({
    agent: account.name,
    table: () => catalogue.offers,
    loaded: catalogue.loaded,
    staleSince: () => catalogue.staleSince,
    problem: () => catalogue.problem ?? 'The offers are still being loaded.',
    providesImage: (image, architecture) => driver.mapsImage(image, architecture),
    discounts: terms.discounts,
    quotas: () => quotas.left(),
    clock,
    ids,
    log,
  });
  const root = {
    module: class AgentModule {},
    controllers: [CfpController],
    providers: [{ provide: Answering, useValue: answering }],
  };
  const microservice = await NestFactory.createMicroservice<MicroserviceOptions>(root, {
    transport: Transport.NATS,
    options: agentTransport(bus, account.name),
    logger: false,
  });
  await microservice.listen();
  return microservice;
}

async function takeCommands({ account, provisioner, runner }: Agent, shared: Shared): Promise<() => Promise<void>> {
  const { connection, placements, tasks, clock, log } = shared;
  const durable = `agent-${account.name}`;
  return await consume(connection, {
    stream: 'commands',
    subject: subjects.command(account.name),
    durable,
    handle: async (message, subject) => {
      let noted: string | undefined;
      let asked: readonly string[] = [];
      const outcome = await takeOnce(placements.database, durable, message, subject, async (transaction) => {
        noted = await noteCommand(placements, transaction, message, clock.now());
        asked = await noteRequest(tasks, transaction, message, clock.now());
      });
      placements.noteChange(account.name);
      placements.wakeRelay();
      if (noted !== undefined) provisioner.wake(noted);
      for (const task of asked) runner.wake(task);
      return outcome;
    },
    onError: (error) => {
      log.error({ agent: account.name, err: error }, 'A command could not be taken; it is delivered again.');
    },
  });
}

const identityOf = ({ account, vendor }: Agent) => ({
  agent: account.name,
  type: vendor.name,
  vendor: account.operator ?? vendor.operator,
  title: account.title ?? `${vendor.title} (${account.name})`,
  regions: [...regionNames(account.regions)],
  abilities: [...vendor.abilities],
});
