import type { VendorHttp } from '../../vendor/http.js';
import { entries, field, type Json, number, parseJson, requiredList, text as jsonText } from '../../vendor/json.js';
import type { VendorPrice, VendorPrices } from '../../vendor/port.js';
import { isSuccess, refusalOf, type Told } from '../../vendor/refusal.js';
import { number as xmlNumber, text } from '../../vendor/xml.js';
import { ec2Reason } from './errors.js';
import type { Ec2Query } from './query.js';
import { type AccessKey, signedV4 } from './signature-v4.js';

/** Where the price list is asked for; it serves all regions. */
const home = { service: 'pricing', region: 'us-east-1' };
const everyMs = 3_600_000;

/** On demand from the price list (Price List Query API, GetProducts), from the spot market as it is now (DescribeSpotPriceHistory). */
export class Ec2Prices implements VendorPrices {
  readonly everyMs = everyMs;

  constructor(
    private readonly query: Ec2Query,
    private readonly key: AccessKey,
    private readonly endpoint: string,
    private readonly http: VendorHttp,
    private readonly now: () => number,
  ) {}

  async list(regions: readonly string[]): Promise<readonly VendorPrice[]> {
    const prices: VendorPrice[] = [];
    for (const region of regions) prices.push(...(await this.onDemand(region)), ...(await this.spot(region)));
    return prices;
  }

  private async onDemand(region: string): Promise<readonly VendorPrice[]> {
    const prices: VendorPrice[] = [];
    let next: string | undefined;
    do {
      const page = await this.products(region, next);
      prices.push(...requiredList(page, 'PriceList').flatMap((product) => onDemandPrice(region, product) ?? []));
      next = jsonText(page, 'NextToken');
    } while (next !== undefined);
    return prices;
  }

  private async products(region: string, next: string | undefined): Promise<Json> {
    const url = new URL(this.endpoint);
    const body = JSON.stringify({
      ServiceCode: 'AmazonEC2',
      FormatVersion: 'aws_v1',
      MaxResults: 100,
      Filters: filtersFor(region),
      ...(next === undefined ? {} : { NextToken: next }),
    });
    const own = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSPriceListService.GetProducts' };
    const headers = await signedV4({ url, body, headers: own }, home, this.key, new Date(this.now()));
    const answer = await this.http.send({ method: 'POST', url: url.href, headers, body, scope: 'prices', idempotent: true });
    if (!isSuccess(answer)) throw refusalOf(answer, toldBy(answer.body));
    return parseJson(answer.body);
  }

  /** In USD. A zone has its own: a machine that is bid for at the highest of them can be in any. */
  private async spot(region: string): Promise<readonly VendorPrice[]> {
    const now = new Date(this.now()).toISOString();
    const params = { StartTime: now, EndTime: now, ProductDescription: ['Linux/UNIX'], MaxResults: 1_000 };
    const highest = new Map<string, number>();
    for (const item of await this.query.all(region, 'DescribeSpotPriceHistory', 'spotPriceHistorySet', params)) {
      const [size, price] = [text(item, 'instanceType'), xmlNumber(item, 'spotPrice')];
      if (size !== undefined && price !== undefined) highest.set(size, Math.max(price, highest.get(size) ?? 0));
    }
    return [...highest].map(([size, price]) => ({ region, size, price, currency: 'USD', market: 'spot' as const }));
  }
}

/** A machine of one's own share of a host, with nothing but Linux on it, that is paid for as it runs. */
const filtersFor = (region: string) =>
  Object.entries({
    regionCode: region,
    operatingSystem: 'Linux',
    tenancy: 'Shared',
    preInstalledSw: 'NA',
    capacitystatus: 'Used',
    marketoption: 'OnDemand',
  }).map(([Field, Value]) => ({ Type: 'TERM_MATCH', Field, Value }));

/** Each product is JSON in a string; its terms are keyed by codes that mean nothing here. */
function onDemandPrice(region: string, product: Json): VendorPrice | undefined {
  const read = typeof product === 'string' ? parseJson(product) : product;
  const size = jsonText(read, 'product', 'attributes', 'instanceType');
  const dimensions = entries(read, 'terms', 'OnDemand').flatMap(([, term]) => entries(term, 'priceDimensions'));
  const hourly = dimensions.map(([, dimension]) => dimension).find((dimension) => jsonText(dimension, 'unit') === 'Hrs');
  const [currency] = entries(hourly, 'pricePerUnit').map(([name]) => name);
  if (size === undefined || currency === undefined) return undefined;
  const price = number(field(hourly, 'pricePerUnit'), currency);
  return price === undefined || price === 0 ? undefined : { region, size, price, currency };
}

/** `{"__type": "…#AccessDeniedException", "message": "…"}` */
function toldBy(body: string): Told {
  try {
    const told = parseJson(body);
    const code = jsonText(told, '__type')?.split('#').at(-1);
    return {
      code,
      message: jsonText(told, 'message') ?? jsonText(told, 'Message'),
      reason: code === undefined ? undefined : reasonOf(code),
    };
  } catch {
    return {};
  }
}

const reasonOf = (code: string) =>
  ({
    AccessDeniedException: 'forbidden' as const,
    ThrottlingException: 'rate-limited' as const,
    InvalidSignatureException: 'bad-credentials' as const,
    InternalErrorException: 'unavailable' as const,
  })[code] ?? ec2Reason(code);
