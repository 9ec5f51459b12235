import { parse } from 'yaml';

/** The wire protocol a simulated cloud speaks. */
export type FaceName = 'ec2' | 'openstack';

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
}

/** The simulated part of a cloud: data/testbed/<vendor>.yaml. */
export interface Profile {
  readonly vendor: string;
  readonly title: string;
  readonly face: FaceName;
  readonly regions: readonly RegionProfile[];
  /** Volume and egress prices and the limits of an elastic disk, as they are written. */
  readonly volumes: unknown;
  readonly egress: unknown;
  readonly elasticDisk: unknown;
}

interface WrittenProfile {
  vendor: string;
  title: string;
  face: FaceName;
  regions: (Omit<RegionProfile, 'bootMs'> & { boot: string })[];
  volumes: unknown;
  egress: unknown;
  elastic_disk: unknown;
}

/** Reads a file of data/testbed, which ships with the program and is therefore trusted. */
export function readProfile(yaml: string): Profile {
  const { vendor, title, face, regions, volumes, egress, elastic_disk: elasticDisk } = parse(yaml) as WrittenProfile;
  const region = ({ boot, ...rest }: WrittenProfile['regions'][number]): RegionProfile => ({
    ...rest,
    bootMs: Number.parseFloat(boot),
  });
  return { vendor, title, face, regions: regions.map(region), volumes, egress, elasticDisk };
}
