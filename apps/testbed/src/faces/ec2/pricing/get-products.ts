import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Cloud } from '../../../cloud/cloud.js';
import type { Testbed } from '../../../testbed.js';
import { shortPage } from '../../mishap.js';
import { invalidParameter, PricingError } from './pricing-error.js';
import { type Attributes, priceListItem, type Product, productsOf } from './products.js';

const mostResults = 100;

/** Price List API reference, GetProducts and Filter. */
const filterTypes = {
  TERM_MATCH: (text: string, value: string) => text.toLowerCase() === value.toLowerCase(),
  EQUALS: (text: string, value: string) => text === value,
  CONTAINS: (text: string, value: string) => text.includes(value),
  ANY_OF: (text: string, value: string) => value.split(',').includes(text),
  NONE_OF: (text: string, value: string) => !value.split(',').includes(text),
} as const;
type FilterType = keyof typeof filterTypes;

const Request = Type.Object({
  ServiceCode: Type.String({ minLength: 1 }),
  Filters: Type.Optional(
    Type.Array(
      Type.Object({
        Type: Type.Union((Object.keys(filterTypes) as FilterType[]).map((type) => Type.Literal(type))),
        Field: Type.String({ minLength: 1 }),
        Value: Type.String({ minLength: 1 }),
      }),
      { maxItems: 50 },
    ),
  ),
  FormatVersion: Type.Optional(Type.Literal('aws_v1')),
  NextToken: Type.Optional(Type.String()),
  MaxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: mostResults })),
});
type Filters = NonNullable<Static<typeof Request>['Filters']>;

/** @throws PricingError */
export function getProducts({ testbed, cloud }: { testbed: Testbed; cloud: Cloud }, body: unknown): object {
  const { Filters = [], NextToken, MaxResults = mostResults } = readRequest(body);
  const size = Math.min(MaxResults, shortPage(testbed, { cloud: cloud.name }) ?? MaxResults);
  const start = startOf(NextToken);
  const { page, more } = pageOf(matching(cloud, Filters), start, size);
  return {
    FormatVersion: 'aws_v1',
    PriceList: page.map((product) => priceListItem(product, testbed.clock.now())),
    ...(more ? { NextToken: Buffer.from(`from ${start + size}`).toString('base64') } : {}),
  };
}

function readRequest(body: unknown): Static<typeof Request> {
  if (!Value.Check(Request, body)) {
    const problem = Value.Errors(Request, body).First();
    throw invalidParameter(`${problem?.path.slice(1) ?? ''}: ${problem?.message ?? 'invalid'}`);
  }
  if (body.ServiceCode === 'AmazonEC2') return body;
  throw invalidParameter(`The service code ${body.ServiceCode} is not one of the testbed's: it has AmazonEC2.`);
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const [, start] = /^from (\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (start === undefined)
    throw new PricingError('InvalidNextTokenException', 'The pagination token is invalid. Try again without a pagination token.');
  return Number(start);
}

/** Where a filter names the region, the others are not looked through. */
function* matching(cloud: Cloud, filters: Filters): Generator<Product> {
  const passes = (attributes: Attributes): boolean =>
    filters.every(({ Type: type, Field: field, Value: value }) => filterTypes[type](attributes[field] ?? '', value));
  const region = filters.find(({ Type: type, Field: field }) => field === 'regionCode' && type === 'TERM_MATCH')?.Value;
  const regions = cloud.profile.regions.filter((candidate) => region === undefined || candidate.region === region);
  for (const product of productsOf(cloud, regions)) if (passes(product.attributes)) yield product;
}

function pageOf<T>(things: Iterable<T>, start: number, size: number): { page: T[]; more: boolean } {
  const page: T[] = [];
  let at = 0;
  for (const thing of things) {
    if (page.length === size) return { page, more: true };
    if (at >= start) page.push(thing);
    at += 1;
  }
  return { page, more: false };
}
