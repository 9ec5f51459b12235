import type { Problems } from '../problems.js';
import type { ReadElement } from './element.js';
import { partsOf } from './shape.js';
import { textOf } from './tree.js';

/** The id of the agreement that an endpoint reference leads to: the end of its address, `…/agreement/ID`. */
export function agreementReferredTo(reference: ReadElement, problems: Problems): string | undefined {
  const parts = partsOf(reference, { children: ['wsa:Address', 'wsa:ReferenceParameters?', 'wsa:Metadata?'] }, problems);
  for (const further of ['wsa:ReferenceParameters', 'wsa:Metadata'].flatMap((name) => parts.one(name) ?? []))
    problems.unsupported(further, 'agreements are found by their address alone: leave it out');
  const address = parts.one('wsa:Address');
  if (!address) return undefined;
  const id = /\/agreement\/([^/?#\s]+)$/.exec(textOf(address))?.[1];
  if (id === undefined)
    problems.add(address, `"${textOf(address).slice(0, 100)}" does not lead to an agreement`, 'it ends with /agreement/ID');
  return id;
}
