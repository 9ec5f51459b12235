import { consume, subjects } from '@cloud-agency/bus';
import type { Account, AppContext, Clock, RunningApp } from '@cloud-agency/runtime';
import { Duty, isShared, takeOnce } from '@cloud-agency/store';
import type { NatsConnection } from '@nats-io/transport-node';
import type { INestMicroservice } from '@nestjs/common';
import { parseQuantity } from '@cloud-agency/sla';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PriceWatch } from '../observing/price-watch.js';
import { Observer } from '../observing/observer.js';
import { ValueTeller } from '../observing/values.js';
import { noteCommand } from '../placement/commands.js';
import type { Placements } from '../placement/placements.js';
import type { Quotes } from '../placement/quotes.js';
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
import { AgentTransport } from './agent-transport.js';
import { Announcer } from './announcer.js';
import { Answering } from './answering.js';
import { Cache } from './cache.js';
import { Catalogue } from './catalogue.js';
import { cfpControllerOf } from './cfp.controller.js';
import { Concession } from './concession.js';
import type { Instances } from './instances.js';
import { CurrentPrices } from './current-prices.js';
import { regionNames } from './offer-rows.js';
import { feedOf } from './price-feed.js';
import { SizesByRegion } from './regional-sizes.js';
import { SellingTerms } from './selling-terms.js';
import { tellPrices } from './telling-prices.js';

/** What the agents of one process share. */
export interface Shared extends AppContext {
  readonly connection: NatsConnection;
  readonly placements: Placements;
  readonly tasks: Tasks;
  readonly installation: string;
  /** Who this process is, among those that share the store. */
  readonly owner: string;
  /** What shares the accounts' limits; absent where this process is alone. */
  readonly instances: Instances | undefined;
}

/** An agent's parts, before it is started. */
interface Agent {
  readonly account: Account;
  readonly vendor: VendorModule;
  readonly driver: VendorDriver;
  readonly terms: SellingTerms;
  readonly catalogue: Catalogue;
  readonly quotas: AccountQuotas;
  readonly concession: Concession;
  readonly provisioner: Provisioner;
  readonly runner: TaskRunner;
  readonly sizes: SizesByRegion;
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
  const announcer = new Announcer(connection, identityOf(agent, shared.owner), agent.catalogue, clock);
  announcer.start();
  void agent.catalogue.loaded.then(() => {
    announcer.beat();
  });
  const loading = agent.catalogue.keepFresh().then(() => {
    agent.quotas.keepFresh();
  });
  agent.provisioner.start();
  agent.runner.start();
  const looking = await lookAfter(agent, shared);
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
      await Promise.all([agent.quotas.stop(), looking.stop()]);
      await Promise.all([loading, saved]);
      agent.driver.close();
    },
  };
}

function assemble(account: Account, shared: Shared, signal: AbortSignal): Agent {
  const { clock, log, placements, tasks, installation, owner } = shared;
  const vendor = vendorNamed(account.vendor);
  const http = openHttp(account, signal, shared.instances);
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
  const concession = new Concession({
    agent: account.name,
    tactic: account.tactic,
    providesImage: (image, architecture) => driver.mapsImage(image, architecture),
    free: () => quotas.free(),
  });
  const quotes = quotesOf(catalogue, concession);
  const options = { agent: account.name, owner, installation, driver, quotes, placements, clock, log, timings };
  const runner = new TaskRunner({ ...options, vendor: account.operator ?? vendor.operator, tasks });
  return { account, vendor, driver, terms, catalogue, quotas, concession, provisioner: new Provisioner(options), runner, sizes };
}

const metricsEvery = ({ metrics_every: every }: Account): { readonly metricsEvery?: number } =>
  every === undefined ? {} : { metricsEvery: parseQuantity(every, 'duration') };

/** What decorates every driver stands here: its failures repeat no secret, its calls are spans, and they are measured. */
function connect(account: Account, vendor: VendorModule, http: VendorHttp, clock: Clock): VendorDriver {
  const opened = openAccount(account, vendor);
  const driver = vendor.connect(opened, { http, now: () => clock.now() });
  const quiet = discreet(driver, opened.credentials, vendor.credentials);
  return metered(traced(quiet, { account: account.name, vendor: vendor.name }), account.name);
}

/** As often and as much at once as the account allows. */
function openHttp({ name, limits }: Account, signal: AbortSignal, instances: Instances | undefined): VendorHttp {
  const { concurrency = ownConcurrency, requests_per_second: perSecond } = limits ?? {};
  const pace = perSecond === undefined ? {} : { perSecond };
  const shared = instances ? { sharers: () => instances.of(name) } : {};
  return new VendorHttp({ timeoutMs: requestTimeoutMs, concurrency, random: Math.random, signal, ...pace, ...shared });
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
  const { clock, ids, log, settings, placements } = shared;
  const of = { agent: account.name, vendor: account.operator ?? vendor.operator };
  return new Catalogue({
    seller: {
      ...of,
      regions: account.regions,
      terms,
      sellsSpot: vendor.abilities.includes('spot'),
    },
    sizes,
    prices: new CurrentPrices(feed, cache, settings.config.rates, () => clock.now()),
    cache,
    onRepriced: async (changes) => {
      const untold = await tellPrices(placements.database, { ids, clock }, of, changes);
      placements.wakeRelay();
      if (untold > 0)
        log.warn({ ...of, untold }, 'Too many price changes wait for the Agency: its history of prices lacks these.');
    },
    clock,
    log,
  });
}

const quotesOf = (catalogue: Catalogue, concession: Concession): Quotes => ({
  currentPrice: (region, instanceType, sale) => catalogue.currentPrice(region, instanceType, sale),
  lowest: (region, { market, commitment = 0 }) => concession.lowest({ region, market, commitment }),
});

async function listen(
  { account, driver, terms, catalogue, quotas, concession }: Agent,
  shared: Shared,
): Promise<INestMicroservice> {
  const { clock, ids, log, connection } = shared;
  const answering = new Answering({
    agent: account.name,
    table: () => catalogue.offers,
    loaded: catalogue.loaded,
    staleSince: () => catalogue.staleSince,
    problem: () => catalogue.problem ?? 'The offers are still being loaded.',
    providesImage: (image, architecture) => driver.mapsImage(image, architecture),
    discounts: terms.discounts,
    concession,
    quotas: () => quotas.left(),
    clock,
    ids,
    log,
  });
  const root = {
    module: class AgentModule {},
    controllers: [cfpControllerOf(account.name)],
    providers: [{ provide: Answering, useValue: answering }],
  };
  const microservice = await NestFactory.createMicroservice<MicroserviceOptions>(root, {
    strategy: new AgentTransport(connection, account.name, (error) => {
      log.error({ agent: account.name, err: error }, 'A call could not be answered.');
    }),
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
      const now = clock.now();
      let noted: string | undefined;
      let asked: readonly string[] = [];
      const outcome = await takeOnce(placements.database, { consumer: durable, subject, now }, message, async (transaction) => {
        noted = await noteCommand(placements, transaction, message, now);
        asked = await noteRequest(tasks, transaction, message, now);
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

/** What one process at a time does for an account, of those that share its work: more would only ask the vendor more often. */
async function lookAfter(agent: Agent, shared: Shared): Promise<Pick<RunningApp, 'stop'>> {
  const { placements, owner, clock, log } = shared;
  const begin = () => beginLooking(agent, shared);
  if (!isShared(placements.database)) return begin();
  const id = agent.account.name;
  const onError = (error: unknown): void => {
    log.error({ agent: id, err: error }, 'Who looks after the account could not be settled; it is tried again.');
  };
  const duty = new Duty(placements.database, { id, owner, clock, onError, begin });
  await duty.renew();
  return duty;
}

/** Hands on what the vendor tells of its machines and prices, and compares its list with the placements. */
function beginLooking(agent: Agent, shared: Shared): Pick<RunningApp, 'stop'> {
  const { account, driver, sizes, catalogue, provisioner } = agent;
  const { placements, installation, connection, clock, log } = shared;
  const of = { agent: account.name, placements, clock, log };
  const observer = new Observer({ ...of, driver, sizes, connection, ...metricsEvery(account) });
  const priceWatch = new PriceWatch({ ...of, prices: () => catalogue.priceList });
  const wake = (placement: string): void => {
    provisioner.wake(placement);
  };
  const reconciler = new Reconciler({ ...of, installation, driver, timings, wake });
  const values = new ValueTeller({ ...of, regions: account.regions, connection });
  const parts = [observer, priceWatch, values, reconciler];
  for (const part of parts) part.start();
  return {
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
    },
  };
}

const identityOf = ({ account, vendor }: Agent, instance: string) => ({
  agent: account.name,
  instance,
  type: vendor.name,
  vendor: account.operator ?? vendor.operator,
  title: account.title ?? `${vendor.title} (${account.name})`,
  regions: [...regionNames(account.regions)],
  abilities: [...vendor.abilities],
});
