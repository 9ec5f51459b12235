import { formatQuantity } from '../vocabulary/quantity.js';
import type { Observed, ObservedUptime } from './observed.js';
import type { Offer } from './offer.js';

const hour = 3_600_000;

/** What was observed of the places of these offers, each once: `acme north, on-demand: observed 99.2 % over 4,100 h of 12 machines, 2 h ago; declared 99.99 %.` */
export function observedWords(observed: Observed | undefined, offers: readonly Offer[]): readonly string[] {
  if (!observed) return [];
  const told = offers.flatMap((offer) => {
    const uptime = observed.availability.find((each) => isOf(each, offer));
    return uptime ? [uptimeWords(uptime, offer, observed)] : [];
  });
  const sizes = offers.flatMap(({ vendor, instanceType }) =>
    observed.performance
      .filter((each) => each.vendor === vendor && each.instanceType === instanceType)
      .map(
        ({ value, machines, asOf }) =>
          `${vendor} ${instanceType}: performance ${value} observed on ${amount(machines, 'machine')}, ${ago(observed.at, asOf)}.`,
      ),
  );
  return [...new Set([...told, ...sizes])];
}

function isOf({ vendor, region, market }: ObservedUptime, offer: Offer): boolean {
  return vendor === offer.vendor && region === offer.region && market === offer.market;
}

function uptimeWords(uptime: ObservedUptime, offer: Offer, { at }: Observed): string {
  const { vendor, region, market, hours, down, machines, asOf } = uptime;
  const declared = offer.declared === undefined ? offer.availability : offer.declared;
  const seen = `observed ${percent((hours - down) / hours)} over ${Number(hours.toFixed(hours < 10 ? 2 : 0)).toLocaleString('en-US')} h of ${amount(machines, 'machine')}, ${ago(at, asOf)}`;
  const said = declared === null ? 'none declared' : `declared ${formatQuantity(declared, 'fraction')}`;
  const counts =
    offer.declared === undefined ? 'the declared one counts' : `${formatQuantity(offer.availability ?? 0, 'fraction')} counts`;
  return `${vendor} ${region}, ${market}: availability ${seen}; ${said}; ${counts}.`;
}

/** Rounded down, so that what was down for a moment does not read as never. */
function percent(share: number): string {
  return `${Math.floor(share * 1e6) / 1e4} %`;
}

function amount(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

function ago(at: string, asOf: string): string {
  const ms = Math.max(0, Date.parse(at) - Date.parse(asOf));
  if (ms >= 48 * hour) return `${Math.floor(ms / 24 / hour)} d ago`;
  if (ms >= hour) return `${Math.floor(ms / hour)} h ago`;
  return `${Math.floor(ms / 60_000)} min ago`;
}
