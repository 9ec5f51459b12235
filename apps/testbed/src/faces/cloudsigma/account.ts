import type { FlatRow } from '../../catalogue/flat-yaml.js';
import { occupiesRoom } from '../../cloud/instance.js';
import type { Call, Handler } from './call.js';
import { definitionOf, limits } from './definition.js';
import { driveLimits } from './drives.js';
import { drivesOf } from './find-drive.js';
import { snapshotsOf } from './snapshots.js';

const currency = 'USD';
const balance = '1000.00000000000000000000';
/** Burst levels: what is not subscribed to costs more the more of the cloud is in use. Level 0 is the price of subscriptions. */
const burst = { level: 1, factor: 1 } as const;
/** What CloudSigma counts in for its Swiss clients, so that nobody takes the first price for the one he pays. */
const swissFrancs = { currency: 'CHF', rate: 0.9 } as const;

export const showBalance: Handler = () => ({ body: { balance, currency } });

/** One price for each resource, level and currency: for `multiplier` of the resource's base units times seconds. */
export const listPrices: Handler = ({ cloud }) => {
  const prices = cloud.profile.unitPrices.flatMap((row, index) =>
    [0, burst.level].flatMap((level) =>
      [swissFrancs, { currency, rate: 1 }].map(({ currency: code, rate }, place) => ({
        currency: code,
        id: String(300 + index * 4 + level * 2 + place),
        level,
        multiplier: Number(row.multiplier),
        price: (Number.parseFloat(String(row.price)) * rate).toFixed(8).padEnd(22, '0'),
        resource: String(row.resource),
        unit: String(row.unit),
      })),
    ),
  );
  return { body: prices };
};

/** What `/pricing/` tells beside its prices. */
export function burstLevels(rows: readonly FlatRow[]) {
  const levels = Object.fromEntries(rows.map(({ resource }) => [String(resource), burst.level]));
  return { current: levels, next: levels };
}

export const showUsage: Handler = (call) => {
  const servers = call.cloud.instances(call.region.region).filter((server) => occupiesRoom(server));
  const running = servers.filter(({ state }) => state !== 'stopped').map(definitionOf);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const using = {
    cpu: sum(running.map(({ cpu }) => cpu)),
    mem: sum(running.map(({ mem }) => mem)),
    dssd: sum(drivesOf(call).map(({ bytes }) => bytes)),
    ip: running.length,
    vlan: 1,
    tx: 0,
  };
  const usage = Object.entries(using).map(([resource, amount]) => [resource, { using: amount, subscribed: 0, burst: amount }]);
  return { body: { balance: { balance, currency }, usage: Object.fromEntries(usage) as Record<string, unknown> } };
};

export const showCapabilities: Handler = (call) => ({
  body: {
    backfilling: false,
    currencies: [currency, swissFrancs.currency].map((id) => ({ id, name: id.toLowerCase() })),
    default_storage_type: 'dssd',
    drives: { dssd: { max_size: driveLimits.max, min_size: driveLimits.min, size: driveLimits } },
    hosts: { amd: limits, intel: limits },
    hypervisors: { kvm: ['intel', 'amd'] },
    servers: limits,
    snapshots: { current: snapshotsOf(call).length, max: 700, max_per_drive: 90 },
  },
});

export const listLocations: Handler = ({ cloud, origin }: Call) => ({
  body: cloud.profile.regions.map(({ region }) => {
    const place = cloud.description.places.get(region);
    const endpoint = `${origin}/${cloud.name}/${region}/api/2.0/`;
    return {
      id: region.toUpperCase(),
      display_name: place ? `${place.city}, ${place.country}` : region,
      country_code: place?.country ?? null,
      api_endpoint: endpoint,
      upload_url: endpoint,
      documentation_url: 'https://docs.cloudsigma.com',
    };
  }),
});
