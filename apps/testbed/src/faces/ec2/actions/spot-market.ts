import type { Size } from '../../../catalogue/size.js';
import { Refusal } from '../../../cloud/refusal.js';
import { Ec2Error, invalidValue } from '../ec2-error.js';
import type { Ec2Call } from './action.js';

/**
 * Whether the request is for a spot machine, which is to be had where the size has a price on that market, at its bid or below (EC2 API
 * reference, InstanceMarketOptionsRequest and SpotMarketOptions; without a MaxPrice the bid is the price on demand).
 * @throws Ec2Error, Refusal no-capacity
 */
export function wantsSpot(call: Ec2Call, size: Size): boolean {
  const { cloud, region, query } = call;
  const type = query.get('InstanceMarketOptions.MarketType');
  if (type === undefined) return false;
  if (type !== 'spot') throw invalidValue(`Invalid value '${type}' for InstanceMarketOptions.MarketType.`);
  checkKind(query.get('InstanceMarketOptions.SpotOptions.SpotInstanceType') ?? 'one-time');
  const price = cloud.prices.of(region.region, size, 'spot');
  if (price === null) throw new Refusal('no-capacity', 'There is no Spot capacity available that matches your request.');
  const bid = bidOf(call) ?? cloud.prices.of(region.region, size, 'on-demand') ?? price;
  if (bid >= price) return true;
  throw new Ec2Error(
    'SpotMaxPriceTooLow',
    `Your Spot request price of ${bid} is lower than the minimum required Spot request fulfillment price of ${price}.`,
  );
}

function bidOf({ query }: Ec2Call): number | undefined {
  const text = query.get('InstanceMarketOptions.SpotOptions.MaxPrice');
  if (text === undefined) return undefined;
  const bid = Number(text);
  if (Number.isFinite(bid) && bid > 0) return bid;
  throw invalidValue(`Invalid value '${text}' for InstanceMarketOptions.SpotOptions.MaxPrice.`);
}

function checkKind(kind: string): void {
  if (kind !== 'one-time') throw new Ec2Error('UnsupportedOperation', `The testbed has no ${kind} Spot requests.`);
}
