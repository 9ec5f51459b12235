import { type Static, Type } from '@sinclair/typebox';

const Secret = Type.Union([
  Type.Object({ env: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  Type.Object({ file: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  Type.Object({ vault: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
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

const Egress = Type.Object(
  { internet: Type.String(), region: Type.String(), zone: Type.String() },
  { additionalProperties: false },
);

const market = Type.Union([Type.Literal('on-demand'), Type.Literal('spot')]);

/** What the vendor takes off the price, by how many machines there are (`machines`) or what they cost at list price (`spend`). */
const Discount = Type.Object(
  {
    by: Type.Union([Type.Literal('machines'), Type.Literal('spend')], { description: 'machines or spend' }),
    over: Type.Union([Type.Literal('account'), Type.Literal('region')], {
      description: 'what counts together: the whole account, or each of its regions; account or region',
    }),
    markets: Type.Optional(Type.Array(market, { minItems: 1, description: 'all markets unless told otherwise' })),
    tiers: Type.Array(
      Type.Object({ from: Type.Union([Type.Number(), Type.String()]), off: Type.String() }, { additionalProperties: false }),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false },
);
export type ConfiguredDiscount = Static<typeof Discount>;

/** The most that there may be: machines, or what they have in all. */
const Quota = Type.Object(
  {
    machines: Type.Optional(Type.Integer({ minimum: 0 })),
    cores: Type.Optional(Type.Number({ minimum: 0 })),
    memory: Type.Optional(Type.Union([Type.String(), Type.Number()], { description: 'e.g. 400 GiB' })),
    gpu: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type ConfiguredQuota = Static<typeof Quota>;

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
        description: 'a CSV file or an http(s) URL of one: instance_type,price_per_hour,currency[,region][,market][,commitment]',
      }),
    ),
    availability: Type.Optional(
      Type.Union([Type.String(), Type.Record(Type.String(), Type.String())], {
        description: 'declared by the operator, e.g. 99.5 %: for all regions, or by region',
      }),
    ),
    egress: Type.Optional(
      Type.Union([Egress, Type.Record(Type.String(), Egress)], {
        description:
          'what traffic costs, e.g. { internet: 0.09 USD/GiB, region: 0.02 USD/GiB, zone: 0.01 USD/GiB }: for all regions, or by region',
      }),
    ),
    discounts: Type.Optional(Type.Array(Discount)),
    /** What its agent takes off the list prices in a negotiation: one tactic or several, each `{ use: … }`; absent: nothing. */
    tactic: Type.Optional(Type.Unknown()),
    /** How much the vendor may be asked at once, and how often: its own limits, where they are tighter than ours. */
    limits: Type.Optional(
      Type.Object(
        {
          concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
          requests_per_second: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
        },
        { additionalProperties: false },
      ),
    ),
    metrics_every: Type.Optional(
      Type.String({
        description: 'how often the vendor is asked what it measures of its machines, e.g. 30 s; a minute unless told otherwise',
      }),
    ),
    /** What the operator lets the Agency have in the account, whatever the vendor would allow. */
    quota: Type.Optional(Quota),
  },
  { additionalProperties: false },
);
export type Account = Static<typeof Account>;

/** A receiver of Prometheus remote write. */
const RemoteWrite = Type.Object(
  {
    url: Type.String({ pattern: '^https?://' }),
    headers: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.Union([Type.String(), Secret]))),
    labels: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' }), Type.String(), { description: 'that every series gets' }),
    ),
    protocol: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)], { description: '1 or 2' })),
    every: Type.Optional(Type.String({ description: 'how often, e.g. 30 s; 15 s unless told otherwise' })),
    queue: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 10_000, description: 'how many requests wait for a receiver that does not take them' }),
    ),
  },
  { additionalProperties: false },
);

/** What the monitor keeps of what it measures, and what is made of it for later selections. */
const Monitoring = Type.Object(
  {
    keep: Type.Optional(
      Type.Object(
        {
          raw: Type.Optional(Type.String({ description: 'how long each sample is kept, e.g. 7 d' })),
          five_minutes: Type.Optional(Type.String({ description: 'how long its roll-ups of 5 min are kept, e.g. 35 d' })),
          roll_ups: Type.Optional(Type.String({ description: 'how long those of an hour and of a day are kept, e.g. 400 d' })),
        },
        { additionalProperties: false },
      ),
    ),
    disk: Type.Optional(
      Type.Object(
        { at_most: Type.String({ description: 'what the monitor’s database may take, e.g. 2 GiB' }) },
        { additionalProperties: false },
      ),
    ),
    statistics: Type.Optional(
      Type.Object(
        {
          over: Type.Optional(Type.String({ description: 'how far back they reach, e.g. 90 d' })),
          enough: Type.Optional(
            Type.String({
              description: 'machine-time from which observed availability counts beside the declared one, e.g. 30 d',
            }),
          ),
          machines: Type.Optional(
            Type.Integer({ minimum: 1, description: 'of so many machines at least; 3 unless told otherwise' }),
          ),
          every: Type.Optional(Type.String({ description: 'how often they are brought up to date, e.g. 5 min' })),
        },
        { additionalProperties: false },
      ),
    ),
    /** Who is told of what the Agency measures (docs/observability.md). */
    remote_write: Type.Optional(RemoteWrite),
  },
  { additionalProperties: false },
);
export type ConfiguredMonitoring = Static<typeof Monitoring>;

/** How long the Agency keeps what it has told and heard, and what has ended. */
const Keeping = Type.Object(
  {
    events: Type.Optional(Type.String({ description: 'how long each event is kept, e.g. 30 d' })),
    conversations: Type.Optional(Type.String({ description: 'how long the messages of negotiations are kept, e.g. 90 d' })),
    ended: Type.Optional(
      Type.String({ description: 'how long calls, agreements and machines that have ended are kept, e.g. 1100 d' }),
    ),
  },
  { additionalProperties: false },
);
export type ConfiguredKeeping = Static<typeof Keeping>;

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
    /** What each tenant may have over all vendors; `default` is for those not named. */
    quotas: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' }), Quota)),
    monitoring: Type.Optional(Monitoring),
    keep: Type.Optional(Keeping),
    /** Where webhooks may lead beside public addresses. */
    webhooks: Type.Optional(
      Type.Object(
        { allow: Type.Array(Type.String(), { description: 'addresses or ranges, e.g. 10.0.0.0/8 or fd00::/8' }) },
        { additionalProperties: false },
      ),
    ),
    policies: Type.Optional(Type.Object({}, { additionalProperties: false, description: 'none are supported yet' })),
  },
  { additionalProperties: false },
);
export type AgencyConfig = Static<typeof AgencyConfig>;
