import { isOpenSlo } from './openslo/read-objects.js';
import { withObjectives } from './openslo/join.js';
import { Problems } from './problems.js';
import { readSources, type Source } from './source.js';
import { isXml } from './wsag/names.js';
import { isTree, readJson } from './wsag/read-json.js';
import { readOffer, type ReadOffer } from './wsag/read-offer.js';
import { readXml } from './wsag/xml.js';

/**
 * The fields of a call document, whatever it is written in: YAML or JSON, with documents of OpenSLO beside it or without, or a WS-Agreement offer in
 * XML or JSON, which says more beside them. `received`: see `readOffer`. @throws AgencyError invalid-document, unsupported, too-large.
 */
export function readWritten(text: string, received?: number): ReadOffer {
  if (isXml(text)) return readOffer(readXml(text), received);
  const [source, ...others] = readSources(text);
  if (others.length > 0 || (source && isOpenSlo(source))) return { document: together(source ? [source, ...others] : others) };
  if (!source) return { document: nothing };
  if (!isTree(source)) return { document: source };
  const problems = new Problems();
  const root = readJson(source, problems);
  problems.throwIfAny();
  return root ? readOffer(root, received) : { document: source };
}

/** Its neg:OfferId, where the document is an offer that has one. @throws as readWritten. */
export const offerIdOf = (text: string): string | undefined => readWritten(text).offerId;

const nothing: Source = { kind: 'scalar', path: '', at: { line: 1, column: 1 }, value: null, text: '' };

/** One call, and what OpenSLO documents say of it. */
function together(documents: readonly Source[]): Source {
  const problems = new Problems();
  const [call, second] = documents.filter((document) => !isOpenSlo(document));
  const objectives = documents.filter(isOpenSlo);
  if (!call)
    problems.add(
      objectives[0] ?? nothing,
      'OpenSLO says what is promised, not of what: a call for proposals is missing',
      'put the call before it, and --- in between',
    );
  if (second) problems.add(second, 'is neither the call nor OpenSLO (apiVersion: openslo/v1)', 'one call is submitted at a time');
  const joined = call && withObjectives(call, objectives, problems);
  problems.throwIfAny();
  return joined ?? nothing;
}
