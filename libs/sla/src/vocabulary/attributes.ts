import type { AttributeName } from './names.js';
import type { Dimension } from './quantity.js';

/** What one word of the vocabulary means (CFP.md 1). */
export interface Attribute {
  readonly name: AttributeName;
  readonly dimension: Dimension;
  readonly meaning: string;
  /** Which direction is better where nothing else is said. */
  readonly better: 'more' | 'less';
  /** The OCCI attribute that carries it; absent where OCCI has none. */
  readonly occi?: string;
  /** Whether offers carry it yet; constraints and preferences on the others are refused as unsupported. */
  readonly offered: boolean;
}

export const attributes: Readonly<Record<AttributeName, Attribute>> = {
  cores: {
    name: 'cores',
    dimension: 'number',
    meaning: 'virtual processor cores of one machine',
    better: 'more',
    occi: 'occi.compute.cores',
    offered: true,
  },
  memory: {
    name: 'memory',
    dimension: 'size',
    meaning: 'memory of one machine',
    better: 'more',
    occi: 'occi.compute.memory',
    offered: true,
  },
  disk: {
    name: 'disk',
    dimension: 'size',
    meaning: 'local disk that comes with the machine',
    better: 'more',
    occi: 'occi.compute.ephemeral_storage.size',
    offered: true,
  },
  cpu_speed: {
    name: 'cpu_speed',
    dimension: 'frequency',
    meaning: 'clock rate of a core',
    better: 'more',
    occi: 'occi.compute.speed',
    offered: false,
  },
  io_speed: { name: 'io_speed', dimension: 'throughput', meaning: 'throughput of the disk', better: 'more', offered: false },
  gpu: { name: 'gpu', dimension: 'number', meaning: 'graphics processors of one machine', better: 'more', offered: true },
  price: { name: 'price', dimension: 'price', meaning: 'price of one machine', better: 'less', offered: true },
  availability: {
    name: 'availability',
    dimension: 'fraction',
    meaning: 'share of the time that a machine is up, as the vendor declares it',
    better: 'more',
    offered: true,
  },
  latency: { name: 'latency', dimension: 'duration', meaning: 'round trip from a given point', better: 'less', offered: false },
  carbon: {
    name: 'carbon',
    dimension: 'carbon',
    meaning: 'carbon intensity of the electricity of the region',
    better: 'less',
    offered: true,
  },
  performance: { name: 'performance', dimension: 'number', meaning: 'measured computing power', better: 'more', offered: false },
};
