import { hoursPerMonth } from '@cloud-agency/sla';
import { type Json, list, number, text } from '../../vendor/json.js';
import { nameOf, uuidOf } from './places.js';

/** What a server has and costs, by the product offer for it. Memory in GiB; prices an hour, null: not told. */
export interface ServerOffer {
  readonly uuid: string;
  readonly name: string;
  readonly cores: number;
  readonly memory: number;
  readonly price: number | null;
}

/** How large the disks of an offer are, whole GB. */
export interface DiskOffer {
  readonly uuid: string;
  readonly least: number;
  readonly most: number;
  readonly price: number | null;
}

/** The offers for servers among the product offers of a cluster: those that say how many cores and how much memory (MB). */
export const serverOffers = (offers: readonly Json[], cluster: string): readonly ServerOffer[] =>
  offers.filter((offer) => isSold(offer, cluster)).flatMap(serverOffer);

export const diskOffers = (offers: readonly Json[], cluster: string): readonly DiskOffer[] =>
  offers.filter((offer) => isSold(offer, cluster)).flatMap(diskOffer);

/** The smallest disk of a fixed size that holds so much, else one of a size to be chosen. */
export function bootDisk(
  offers: readonly DiskOffer[],
  gb: number,
): { readonly offer: DiskOffer; readonly size: number } | undefined {
  const fitting = offers
    .filter(({ most }) => most >= gb)
    .map((offer) => ({ offer, size: Math.max(offer.least, gb), fixed: offer.least === offer.most }));
  return fitting.sort((a, b) => Number(b.fixed) - Number(a.fixed) || a.size - b.size)[0];
}

/** What a machine of the smallest boot disk costs an hour; null when the cloud does not tell. */
export function machinePrice(server: ServerOffer, disks: readonly DiskOffer[]): number | null {
  const disk = bootDisk(disks, 1)?.offer;
  return server.price === null ? null : server.price + (disk?.price ?? 0);
}

const isSold = (offer: Json, cluster: string): boolean => {
  const clusters = list(offer, 'clusters');
  return (text(offer, 'resourceState') ?? 'ACTIVE') === 'ACTIVE' && (clusters.length === 0 || clusters.includes(cluster));
};

/** The keys are those that FCO's own offers have (cloudiator/flexiant-client, FlexiantHardware: cpu, ram, size). */
function serverOffer(offer: Json): readonly ServerOffer[] {
  const cores = number(valueOf(offer, 'cpu'), 'value');
  const memory = number(valueOf(offer, 'ram'), 'value');
  if (cores === undefined || memory === undefined || cores <= 0 || memory <= 0) return [];
  return [{ uuid: uuidOf(offer), name: nameOf(offer), cores, memory: memory / 1024, price: priceOf(offer) }];
}

/** A fixed size is a value; where it can be chosen, a validator says from which: `1-1000`, or `10,20,50`. */
function diskOffer(offer: Json): readonly DiskOffer[] {
  const size = valueOf(offer, 'size');
  if (size === undefined) return [];
  const fixed = number(size, 'value');
  const options = (text(size, 'validator', 'validateString') ?? '').split(/[-,]/).map(Number);
  const sizes = fixed === undefined ? options.filter((option) => option > 0) : [fixed];
  if (sizes.length === 0) return [];
  return [{ uuid: uuidOf(offer), least: Math.min(...sizes), most: Math.max(...sizes), price: priceOf(offer) }];
}

const valueOf = (offer: Json, key: 'cpu' | 'ram' | 'size'): Json | undefined =>
  list(offer, 'componentConfig')
    .flatMap((component) => list(component, 'productConfiguredValues'))
    .find((value) => text(value, 'key')?.toLowerCase() === key);

/** FCO API, BillingPeriod. */
const hoursOf: Readonly<Record<string, number>> = {
  HOURLY: 1,
  DAILY: 24,
  WEEKLY: 168,
  MONTHLY: hoursPerMonth,
  ANNUALLY: 12 * hoursPerMonth,
};

/** What the billing methods of an offer's components are configured with; how those values are called is their operator's affair. */
function priceOf(offer: Json): number | null {
  const hours = hoursOf[text(offer, 'billingPeriod') ?? ''];
  const amounts = list(offer, 'componentConfig')
    .flatMap((component) => list(component, 'billingConfiguredValues'))
    .filter((value) => text(value, 'measureType') === 'CURRENCY' || /price|cost|charge/i.test(text(value, 'key') ?? ''))
    .map((value) => number(value, 'value') ?? 0);
  const amount = amounts.reduce((sum, one) => sum + one, 0);
  return hours === undefined || amount <= 0 ? null : amount / hours;
}
