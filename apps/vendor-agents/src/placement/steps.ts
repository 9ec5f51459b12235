import type { Order } from '@cloud-agency/bus';
import type { Outgoing } from '@cloud-agency/store';
import { type Instance, installationTag, type MachineOrder, placementTag, type VendorDriver } from '../vendor/port.js';
import { asVendorError, type VendorError } from '../vendor/vendor-error.js';
import type { Changes, Failure, Placement } from './placements.js';
import { priceChange, type Quotes } from './quotes.js';
import { reports } from './reports.js';
import type { Timings } from './timings.js';

/** What a step found out: to be committed as one, and how long to wait before the next step, ms. */
export interface Progress {
  readonly changes: Changes;
  readonly say: readonly Outgoing[];
  readonly waitMs: number;
}

export interface StepTools {
  readonly driver: VendorDriver;
  readonly quotes: Quotes;
  readonly installation: string;
  readonly timings: Timings;
  readonly now: number;
}

type Ordered = Placement & { readonly order: Order };

/** The next step of a placement, by its state; undefined when there is nothing left to do. */
export async function nextStep(placement: Placement, tools: StepTools): Promise<Progress | undefined> {
  const { order } = placement;
  if (order === null) return undefined;
  const ordered: Ordered = { ...placement, order };
  switch (placement.state) {
    case 'requested':
      return await prepare(ordered, tools);
    case 'creating':
      return await create(ordered, tools);
    case 'building':
      return await watchBoot(ordered, tools);
    case 'active':
      return placement.cancelled ? next({ state: 'deleting' }) : undefined;
    case 'deleting':
      return await remove(ordered, tools);
    case 'deleted':
    case 'failed':
      return undefined;
  }
}

/** Is the quote still good, and which image is it? Nothing exists at the vendor yet. */
async function prepare(placement: Ordered, { driver, quotes, timings, now }: StepTools): Promise<Progress> {
  const { order } = placement;
  if (placement.cancelled) return next({ state: 'deleted' }, reports.deleted(placement));
  if (now > Date.parse(order.validUntil)) return failed(placement, quoteRanOut(order));
  try {
    const change = await priceChange(quotes, order, timings.priceTolerance);
    if (change) return failed(placement, change);
    const image = order.vendorImage ?? (await driver.image(order.image, order.architecture, order.region));
    return next({ state: 'creating', image });
  } catch (error) {
    const failure = asVendorError(error);
    const until = Math.min(placement.deadline, placement.since + timings.patienceMs);
    if (!failure.passing || now >= until) return failed(placement, failureOf(failure));
    return wait(Math.min(failure.retryAfterMs ?? timings.retryMs, until - now));
  }
}

/** Looks before it asks: an earlier create, of this process or of one that crashed, may have made the machine. */
async function create(placement: Ordered, tools: StepTools): Promise<Progress> {
  const { driver, timings, now } = tools;
  let found: Instance | undefined;
  try {
    found = await driver.find(placement.order.region, placement.id);
  } catch (error) {
    return afterFailedLook(placement, asVendorError(error), tools);
  }
  if (found) return taken(placement, found);
  if (placement.uncertain_since !== null && now < placement.uncertain_since + timings.settleMs) return wait(timings.retryMs);
  if (placement.cancelled) return next({ state: 'deleted' }, reports.deleted(placement));
  if (now >= placement.deadline) return failed(placement, late(placement));
  if (placement.attempts >= timings.createAttempts) return failed(placement, placement.failure ?? late(placement));
  try {
    return taken(placement, await driver.create(machineOrder(placement, tools), placement.id));
  } catch (error) {
    return afterFailedCreate(placement, asVendorError(error), tools);
  }
}

/** As long as a machine may be there unseen it is looked for, within reason; the reconciler deletes what shows up after that. */
function afterFailedLook(placement: Ordered, error: VendorError, { timings, now }: StepTools): Progress {
  const uncertain = placement.uncertain_since;
  const spent = uncertain === null ? placement.attempts >= timings.createAttempts : now >= uncertain + timings.uncertainMs;
  if (!error.passing || spent || now >= placement.deadline) return failed(placement, failureOf(error));
  const attempts = placement.uncertain_since === null ? placement.attempts + 1 : placement.attempts;
  return { changes: { attempts }, say: [], waitMs: error.retryAfterMs ?? timings.retryMs };
}

function afterFailedCreate(placement: Ordered, error: VendorError, { timings, now }: StepTools): Progress {
  if (!error.passing) return failed(placement, failureOf(error));
  const uncertain = error.outcomeUnknown ? { uncertain_since: now } : {};
  const changes = { attempts: placement.attempts + 1, failure: failureOf(error), ...uncertain };
  return { changes, say: [], waitMs: error.retryAfterMs ?? timings.retryMs };
}

async function watchBoot(placement: Ordered, tools: StepTools): Promise<Progress> {
  const { driver, timings, now } = tools;
  if (placement.cancelled || placement.vendor_id === null) return next({ state: 'deleting' });
  if (now >= placement.deadline) return next({ state: 'deleting', failure: late(placement) });
  try {
    const instance = await driver.get(placement.order.region, placement.vendor_id);
    return instance ? seen(placement, instance, tools) : unseen(placement, tools);
  } catch (error) {
    return wait(asVendorError(error).retryAfterMs ?? timings.retryMs);
  }
}

function seen(placement: Ordered, instance: Instance, tools: StepTools): Progress {
  const { state, address } = instance;
  if (state === 'building' || (state === 'active' && address === null)) return wait(pollMs(placement, tools));
  if (state === 'active' && address !== null) return next({ state: 'active', address }, reports.active(placement, address));
  return next({ state: 'deleting', failure: broken(instance) });
}

/** A cloud may need a moment until it shows what it has just made. */
function unseen(placement: Ordered, tools: StepTools): Progress {
  if (tools.now < placement.since + tools.timings.visibleAfterMs) return wait(pollMs(placement, tools));
  return next({ state: 'deleting', failure: vanished(placement) });
}

const pollMs = (placement: Placement, { timings, now }: StepTools): number =>
  Math.min(timings.pollMaxMs, Math.max(timings.pollMinMs, (now - placement.since) / 10));

async function remove(placement: Ordered, { driver, timings, now }: StepTools): Promise<Progress> {
  if (placement.vendor_id === null) return removed(placement);
  const { region } = placement.order;
  let answer = 'the vendor still shows it';
  try {
    const instance = await driver.get(region, placement.vendor_id);
    if (!instance || instance.state === 'gone') return removed(placement);
    await driver.delete(region, placement.vendor_id);
  } catch (error) {
    const refusal = asVendorError(error);
    if (refusal.reason === 'not-found') return removed(placement);
    answer = `${refusal.reason}: ${refusal.message}`;
  }
  const waitMs = Math.min(timings.deleteMaxMs, Math.max(timings.pollMinMs, (now - placement.since) / 10));
  if (placement.orphaned || now < placement.since + timings.orphanAfterMs) return wait(waitMs);
  const failure = placement.failure && !placement.cancelled ? [reports.failure(placement, placement.failure)] : [];
  return { changes: { orphaned: true }, say: [...failure, reports.orphaned(placement, answer)], waitMs };
}

/** A failure is told once nothing is left of it; one that was told with its orphan only needs the good news. */
function removed(placement: Ordered): Progress {
  const { failure } = placement;
  if (failure && !placement.cancelled && !placement.orphaned) return failed(placement, failure);
  return next({ state: 'deleted' }, reports.deleted(placement));
}

function taken(placement: Ordered, instance: Instance): Progress {
  const changes = { state: 'building', vendor_id: instance.vendorId, uncertain_since: null, failure: null } as const;
  return next(changes, reports.building(placement, instance.vendorId));
}

const machineOrder = ({ id, order, image }: Ordered, { installation }: StepTools): MachineOrder => ({
  name: order.name,
  region: order.region,
  zone: order.zone,
  size: order.instanceType,
  image: image ?? order.image,
  // The vendor's market knows nothing of what its agent concedes.
  ...(order.market === 'spot' ? { spot: { maxPrice: order.list ?? order.price } } : {}),
  ...(order.sshKey === undefined ? {} : { sshKey: order.sshKey }),
  ...(order.userData === undefined ? {} : { userData: order.userData }),
  tags: { ...order.tags, [placementTag]: id, [installationTag]: installation },
});

const next = (changes: Changes, ...say: readonly Outgoing[]): Progress => ({ changes, say, waitMs: 0 });
const wait = (waitMs: number): Progress => ({ changes: {}, say: [], waitMs });
const failed = (placement: Placement, failure: Failure): Progress =>
  next({ state: 'failed', failure }, reports.failure(placement, failure));

const failureOf = (error: VendorError): Failure => ({
  reason: error.reason,
  message: error.message,
  vendorCode: error.vendorCode,
});
const late = (placement: Placement): Failure => ({
  reason: 'timeout',
  message: `It was not active by ${new Date(placement.deadline).toISOString()}; it is given up.`,
  vendorCode: null,
});
const vanished = (placement: Placement): Failure => ({
  reason: 'not-found',
  message: `The vendor does not know ${placement.vendor_id ?? 'it'} any more, although it was building.`,
  vendorCode: null,
});
const broken = ({ fault, state }: Instance): Failure => ({
  reason: fault?.reason ?? 'boot-failed',
  message: fault?.message ?? `The machine did not come up: the vendor shows it as ${state}.`,
  vendorCode: fault?.code ?? null,
});
const quoteRanOut = (order: Order): Failure => ({
  reason: 'price-changed',
  message: `The quote for ${order.instanceType} in ${order.region} was good until ${order.validUntil}; ask for a new one.`,
  vendorCode: null,
});
