import type { Size } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';

const fixed = { gpu: 0, architecture: 'x64' } as const;

/**
 * GoGrid lists the memory that servers have (`server.ram`), and neither the cores nor the disks that come with it: those are of its price
 * page of 2011. What comes with 24 GB could not be checked.
 */
export const sizes: readonly Size[] = [
  { name: '512MB', cores: 0.5, memory: 0.5, disk: 30, ...fixed },
  { name: '1GB', cores: 1, memory: 1, disk: 60, ...fixed },
  { name: '2GB', cores: 2, memory: 2, disk: 120, ...fixed },
  { name: '4GB', cores: 4, memory: 4, disk: 240, ...fixed },
  { name: '8GB', cores: 8, memory: 8, disk: 480, ...fixed },
  { name: '16GB', cores: 16, memory: 16, disk: 960, ...fixed },
  { name: '24GB', cores: 16, memory: 24, disk: 960, ...fixed },
];

/** @throws VendorError invalid-request for a name that is none. */
export function ramNamed(size: string): string {
  if (sizes.some(({ name }) => name === size)) return size;
  throw new VendorError(
    'invalid-request',
    `'${size}' is no size of GoGrid; its sizes are ${sizes.map(({ name }) => name).join(', ')}`,
  );
}
