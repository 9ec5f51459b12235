/** The names of the vocabulary (CFP.md 1): what an offer, a constraint and an objective may speak of. */

/** Attributes with a number, in their canonical units: see vocabulary/attributes.ts. */
export const attributeNames = [
  'cores',
  'memory',
  'disk',
  'cpu_speed',
  'io_speed',
  'gpu',
  'price',
  'availability',
  'latency',
  'carbon',
  'performance',
] as const;
export type AttributeName = (typeof attributeNames)[number];

export const textAttributes = ['architecture', 'image', 'market'] as const;
export type TextAttribute = (typeof textAttributes)[number];

export const placeLevels = ['vendor', 'region', 'zone', 'country', 'continent'] as const;
export type PlaceLevel = (typeof placeLevels)[number];

export type Market = 'on-demand' | 'spot';

/** A set of places: a place is in it when it matches one of the names at every level given; {} holds every place. */
export type PlaceSet = { readonly [Level in PlaceLevel | 'city']?: readonly string[] };
