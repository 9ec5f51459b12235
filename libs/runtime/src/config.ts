import { type Static, Type } from '@sinclair/typebox';

const Secret = Type.Union([
  Type.Object({ env: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  Type.Object({ file: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
]);

const RegionPlace = Type.Object(
  {
    city: Type.Optional(Type.String()),
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    continent: Type.Optional(
      Type.Union(
        ['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA'].map((name) => Type.Literal(name)),
        { description: 'one of AF, AN, AS, EU, NA, OC, SA' },
      ),
    ),
    latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    carbon: Type.Optional(Type.Number({ minimum: 0, description: 'g CO2e/kWh' })),
  },
  { additionalProperties: false },
);
export type RegionPlace = Static<typeof RegionPlace>;

/** One account at one cloud; each becomes a vendor agent of its own, named after the account. */
export const Account = Type.Object(
  {
    vendor: Type.String({ minLength: 1, description: 'the vendor module that drives it, e.g. amazon, openstack' }),
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' }),
    operator: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9-]{0,40}$',
        description: 'whose cloud it is, when not the module’s own: the vendor of its offers',
      }),
    ),
    title: Type.Optional(Type.String()),
    endpoint: Type.Optional(Type.String({ pattern: '^https?://' })),
    regions: Type.Union([Type.Array(Type.String({ minLength: 1 })), Type.Record(Type.String(), RegionPlace)]),
    credentials: Type.Record(Type.String(), Type.Union([Type.String(), Secret])),
    network: Type.Optional(Type.String()),
    images: Type.Optional(Type.Record(Type.String(), Type.String())),
    prices: Type.Optional(
      Type.String({
        description: 'a CSV file or an http(s) URL of one: instance_type,price_per_hour,currency[,region][,market]',
      }),
    ),
    availability: Type.Optional(
      Type.Union([Type.String(), Type.Record(Type.String(), Type.String())], {
        description: 'declared by the operator, e.g. 99.5 %: for all regions, or by region',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Account = Static<typeof Account>;

export const AgencyConfig = Type.Object(
  {
    accounts: Type.Array(Account),
    /** On by default only when there are no accounts. */
    testbed: Type.Optional(
      Type.Union([Type.Literal('on'), Type.Literal('off'), Type.String({ pattern: '^https?://' })], {
        description: 'on, off, or the URL of a running one',
      }),
    ),
    rates: Type.Record(Type.String({ pattern: '^[A-Z]{3}$' }), Type.Number({ exclusiveMinimum: 0 }), {
      description: 'USD for one unit of the currency',
    }),
    /** Who may come in, with AGENCY_AUTH=token. */
    tokens: Type.Optional(
      Type.Array(
        Type.Object(
          { tenant: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' }), token: Secret },
          { additionalProperties: false },
        ),
      ),
    ),
    /** Whose tokens are taken, with AGENCY_AUTH=oidc. */
    oidc: Type.Optional(
      Type.Object(
        {
          issuer: Type.String({ pattern: '^https?://' }),
          audience: Type.String({ minLength: 1 }),
          claim: Type.Optional(
            Type.String({ minLength: 1, description: 'the claim that names the tenant; sub unless told otherwise' }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    policies: Type.Optional(Type.Object({}, { additionalProperties: false, description: 'none are supported yet' })),
  },
  { additionalProperties: false },
);
export type AgencyConfig = Static<typeof AgencyConfig>;
