import type { Face } from './face.js';
import * as folders from './all.js';

/** Every protocol the testbed speaks: the folders beside this file. */
export const faces: readonly Face[] = Object.values(folders);

/** @throws Error for a face that data/testbed names and nobody wrote: it ships with the program. */
export function faceNamed(name: string): Face {
  const face = faces.find((candidate) => candidate.name === name);
  if (!face) throw new Error(`There is no face '${name}'.`);
  return face;
}
