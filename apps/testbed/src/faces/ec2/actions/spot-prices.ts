import { invalidValue } from '../ec2-error.js';
import { filtered, paged } from '../selecting.js';
import type { Ec2Action, Ec2Call } from './action.js';

const product = 'Linux/UNIX';
const hourMs = 3_600_000;

/**
 * One price for each type and zone: the testbed remembers the present one only, and shows it as of the last full hour. As at EC2 the price
 * that holds at StartTime is told although it is older, and the token of the last page is empty (EC2 API reference,
 * DescribeSpotPriceHistory).
 */
export const describeSpotPriceHistory: Ec2Action = (call) => {
  const timestamp = Math.floor(call.testbed.clock.now() / hourMs) * hourMs;
  const [wantedTypes, wantedProducts] = [call.query.list('InstanceType'), call.query.list('ProductDescription')];
  const isWanted =
    timeOf(call, 'EndTime', Infinity) >= timestamp && (wantedProducts.length === 0 || wantedProducts.includes(product));
  timeOf(call, 'StartTime', 0);
  const prices = isWanted ? pricesOf(call, wantedTypes, new Date(timestamp).toISOString()) : [];
  const asked = filtered(prices, call.query, {
    'availability-zone': ({ availabilityZone }) => availabilityZone,
    'instance-type': ({ instanceType }) => instanceType,
    'product-description': ({ productDescription }) => productDescription,
    'spot-price': ({ spotPrice }) => spotPrice,
  });
  const { items, nextToken = '' } = paged(asked, call, { least: 1, most: 1000, fallback: 1000 });
  return { spotPriceHistorySet: items, nextToken };
};

function pricesOf({ cloud, region, query }: Ec2Call, types: readonly string[], timestamp: string) {
  const zone = query.get('AvailabilityZone');
  if (zone !== undefined && !region.zones.includes(zone)) throw invalidValue(`Invalid availability zone: [${zone}]`);
  const zones = zone === undefined ? region.zones : [zone];
  return cloud
    .sizes(region.region)
    .filter(({ name }) => types.length === 0 || types.includes(name))
    .flatMap((size) => {
      const price = cloud.prices.of(region.region, size, 'spot');
      if (price === null) return [];
      const spotPrice = price.toFixed(6);
      return zones.map((availabilityZone) => ({
        instanceType: size.name,
        productDescription: product,
        spotPrice,
        timestamp,
        availabilityZone,
      }));
    });
}

function timeOf({ query }: Ec2Call, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === undefined) return fallback;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalidValue(`Value (${text}) for parameter ${name} is invalid. Invalid timestamp.`);
  return time;
}
