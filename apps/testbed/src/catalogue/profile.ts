import type { RegionPlace } from '@cloud-agency/runtime';
import { type FlatRow, readFlatYaml } from './flat-yaml.js';
import { type Size, writtenSize } from './size.js';

export interface RegionProfile {
  readonly region: string;
  readonly zones: readonly string[];
  /** Declared by the operator, e.g. `99.95 %`. */
  readonly availability: string;
  /** Machines that fit in each zone. */
  readonly capacity: number;
  /** Machines that one account may have in the region. */
  readonly quota: number;
  readonly bootMs: number;
  /** Where data/catalog does not know it. */
  readonly place: RegionPlace;
}

export type Egress = Readonly<Record<'internet' | 'region' | 'zone', string>>;

/** The simulated part of a cloud: data/testbed/<vendor>.yaml. */
export interface Profile {
  readonly vendor: string;
  readonly title: string;
  /** The wire protocol it speaks: a folder of faces/. */
  readonly face: string;
  /** It is there to try a protocol on, and only where it is asked for by name: nobody's offers are behind it. */
  readonly laboratory: boolean;
  /** Of the software that the cloud runs on, where its protocol depends on it, e.g. `5.12.0`; empty where it does not. */
  readonly release: string;
  /** Machines of any cores, memory and disk. */
  readonly freeSizes: boolean;
  /** Sizes of all its regions, where data/catalog knows nothing of the cloud. */
  readonly sizes: readonly Size[];
  readonly regions: readonly RegionProfile[];
  /** What traffic costs by how far it goes, e.g. `0.09 USD/GiB`. */
  readonly egress: Egress;
  /** What its account's agent concedes by; empty: nothing. */
  readonly tactic: readonly FlatRow[];
  /** Volume prices and the limits of an elastic disk, as they are written. */
  readonly volumes: readonly FlatRow[];
  readonly elasticDisk: readonly FlatRow[];
  /** What single resources cost, where a protocol tells it: `- { resource: cpu, unit: GHz/hour, …, price: 0.01 USD }`. */
  readonly unitPrices: readonly FlatRow[];
}

type WrittenRegion = Omit<RegionProfile, 'bootMs' | 'place'> & RegionPlace & { readonly boot: string };

/** Reads a file of data/testbed, which ships with the program and is therefore trusted. */
export function readProfile(yaml: string): Profile {
  const { values, rows } = readFlatYaml(yaml);
  const { vendor, title, face, laboratory, release = '', free_sizes: freeSizes } = values;
  const {
    regions = [],
    sizes = [],
    volumes = [],
    egress = [],
    tactic = [],
    elastic_disk: elasticDisk = [],
    unit_prices: unitPrices = [],
  } = rows;
  return {
    vendor: String(vendor),
    title: String(title),
    face: String(face),
    laboratory: laboratory === true,
    release: String(release),
    freeSizes: freeSizes === true,
    sizes: sizes.map(writtenSize),
    regions: (regions as unknown as readonly WrittenRegion[]).map(regionOf),
    egress: egressOf(egress),
    tactic: tactic.map(tacticOf),
    volumes,
    elasticDisk,
    unitPrices,
  };
}

function egressOf(rows: readonly FlatRow[]): Egress {
  const priceTo = (where: string): string => String(rows.find(({ to }) => to === where)?.price);
  return { internet: priceTo('internet'), region: priceTo('region'), zone: priceTo('zone') };
}

/** That it is simulated is for the reader of the file. */
function tacticOf(row: FlatRow): FlatRow {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'simulated'));
}

function regionOf({ boot, city, country, continent, latitude, longitude, carbon, ...region }: WrittenRegion): RegionProfile {
  const written = { city, country, continent, latitude, longitude, carbon };
  const place = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) as RegionPlace;
  return { ...region, bootMs: Number.parseFloat(boot), place };
}
