import { portableImages } from './images.js';
import type { Dimension } from './quantity.js';

/** What one number of the vocabulary means. */
export interface Attribute {
  readonly dimension: Dimension;
  readonly meaning: string;
  /** Which direction is better where nothing else is said. */
  readonly better: 'more' | 'less';
  /** Whether an objective may go either way: a small machine can be what is wanted. */
  readonly eitherWay?: true;
  /** The OCCI attribute that carries it; absent where OCCI has none. */
  readonly occi?: string;
  /** What it is of an offer that does not say; absent: unknown, which is never guessed. */
  readonly unstated?: number;
  /** Whether it is one number of an offer; what is not can be no constraint or preference by itself. */
  readonly offered: boolean;
}

/** What one word of the vocabulary may be. */
export interface Word {
  readonly meaning: string;
  readonly values: readonly string[];
  /** What people and vendors also write, in lower case, and what is meant. */
  readonly also?: Readonly<Record<string, string>>;
  readonly occi?: string;
}

/** What a place may be called at one level. */
export interface PlaceWord {
  readonly meaning: string;
  /** Whether items can be spread, kept apart or brought together over it. */
  readonly comparable: boolean;
  /** Absent: the vendors' own names, whatever they are. */
  readonly names?: { readonly matches: RegExp; readonly wanted: string };
}

/**
 * The vocabulary (CFP.md 1): everything that an offer, a constraint and an objective may speak of is defined here, and only here. The lists of names,
 * the readers and the forms of constraints follow from it; numbers are read by their dimension. Places stand from the widest to the narrowest.
 */
export const vocabulary = {
  numbers: {
    cores: {
      dimension: 'number',
      meaning: 'virtual processor cores of one machine',
      better: 'more',
      eitherWay: true,
      occi: 'occi.compute.cores',
      offered: true,
    },
    memory: {
      dimension: 'size',
      meaning: 'memory of one machine',
      better: 'more',
      eitherWay: true,
      occi: 'occi.compute.memory',
      offered: true,
    },
    disk: {
      dimension: 'size',
      meaning: 'local disk that comes with the machine',
      better: 'more',
      eitherWay: true,
      occi: 'occi.compute.ephemeral_storage.size',
      offered: true,
    },
    cpu_speed: {
      dimension: 'frequency',
      meaning: 'clock rate of a core',
      better: 'more',
      occi: 'occi.compute.speed',
      offered: true,
    },
    io_speed: { dimension: 'throughput', meaning: 'throughput of the disk', better: 'more', offered: true },
    gpu: {
      dimension: 'number',
      meaning: 'graphics processors of one machine',
      better: 'more',
      eitherWay: true,
      offered: true,
    },
    price: { dimension: 'price', meaning: 'price of one machine', better: 'less', offered: true },
    availability: {
      dimension: 'fraction',
      meaning: 'share of the time that a machine is up, as the vendor declares it and as it was observed',
      better: 'more',
      offered: true,
    },
    latency: { dimension: 'duration', meaning: 'round trip from a given point', better: 'less', offered: false },
    carbon: {
      dimension: 'carbon',
      meaning: 'carbon intensity of the electricity of the region',
      better: 'less',
      offered: true,
    },
    performance: {
      dimension: 'number',
      meaning: 'computing power, as machines of the size have measured it: signatures by P-256 a second, on all cores together',
      better: 'more',
      offered: true,
    },
    commitment: {
      dimension: 'duration',
      meaning: 'the shortest time that is paid for',
      better: 'less',
      unstated: 0,
      offered: true,
    },
  },
  words: {
    architecture: {
      meaning: 'instruction set of the processor',
      values: ['x64', 'arm64', 'x86'],
      also: { x86_64: 'x64', 'x86-64': 'x64', amd64: 'x64', aarch64: 'arm64', i386: 'x86', i686: 'x86' },
      occi: 'occi.compute.architecture',
    },
    image: { meaning: 'operating system image by its portable name', values: portableImages },
    market: { meaning: 'how the machine is sold', values: ['on-demand', 'spot'] },
  },
  places: {
    continent: {
      meaning: 'continent',
      comparable: true,
      names: { matches: /^(AF|AN|AS|EU|NA|OC|SA)$/, wanted: 'one of AF, AN, AS, EU, NA, OC, SA' },
    },
    country: {
      meaning: 'country',
      comparable: true,
      names: { matches: /^[A-Z]{2}$/, wanted: 'two capital letters by ISO 3166-1, e.g. FR' },
    },
    city: { meaning: 'city', comparable: false },
    vendor: { meaning: 'who sells', comparable: true },
    region: { meaning: "region, by the vendor's own name", comparable: true },
    zone: { meaning: "zone of a region, by the vendor's own name", comparable: true },
  },
  /** What is measured between two places. */
  between: {
    distance: { dimension: 'distance', meaning: 'great-circle distance from a given point' },
  },
} as const satisfies {
  readonly numbers: Readonly<Record<string, Attribute>>;
  readonly words: Readonly<Record<string, Word>>;
  readonly places: Readonly<Record<string, PlaceWord>>;
  readonly between: Readonly<Record<string, Pick<Attribute, 'dimension' | 'meaning'>>>;
};

type Table = typeof vocabulary;
export const attributes: Readonly<Record<keyof Table['numbers'], Attribute>> = vocabulary.numbers;
export const words: Readonly<Record<keyof Table['words'], Word>> = vocabulary.words;
export const places: Readonly<Record<keyof Table['places'], PlaceWord>> = vocabulary.places;
