import { Problems } from './problems.js';
import { readSource } from './source.js';
import { isXml } from './wsag/names.js';
import { isTree, readJson } from './wsag/read-json.js';
import { readOffer, type ReadOffer } from './wsag/read-offer.js';
import { readXml } from './wsag/xml.js';

/**
 * The fields of a call document, whatever it is written in: YAML or JSON, or a WS-Agreement offer in XML or JSON, which says more beside them.
 * `received`: see `readOffer`. @throws AgencyError invalid-document, unsupported, too-large.
 */
export function readWritten(text: string, received?: number): ReadOffer {
  if (isXml(text)) return readOffer(readXml(text), received);
  const source = readSource(text);
  if (!isTree(source)) return { document: source };
  const problems = new Problems();
  const root = readJson(source, problems);
  problems.throwIfAny();
  return root ? readOffer(root, received) : { document: source };
}

/** Its neg:OfferId, where the document is an offer that has one. @throws as readWritten. */
export const offerIdOf = (text: string): string | undefined => readWritten(text).offerId;
