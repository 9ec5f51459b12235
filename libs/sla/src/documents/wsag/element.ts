import type { Position } from '../source.js';
import type { Tree } from './tree.js';

/** An element as it was read: part of a tree that knows where it stands. */
export interface ReadElement extends Tree {
  readonly local: string;
  /** From the root, for messages: `wsag:AgreementOffer/wsag:Terms`. */
  readonly path: string;
  readonly at: Position;
  readonly children: readonly ReadElement[];
  /** Whether the order of its children was its author's to choose: members of a JSON object have none. */
  readonly ordered: boolean;
}
