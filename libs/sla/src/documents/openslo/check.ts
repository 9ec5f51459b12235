import { isMap, parseAllDocuments } from 'yaml';
import { Problems } from '../problems.js';
import { readSources } from '../source.js';
import { promisesIn } from './join.js';
import { annotationOf } from './own-fields.js';
import { isOpenSlo } from './read-objects.js';

/**
 * Looks at a file of OpenSLO by itself, as far as it can be judged without the call that it goes with.
 * @throws AgencyError invalid-document or unsupported with every problem at its line and column.
 */
export function checkOpenSlo(text: string): void {
  const documents = readSources(text);
  const problems = new Problems();
  const other = documents.find((document) => !isOpenSlo(document));
  if (other) problems.add(other, 'is not OpenSLO', 'each of its objects begins with apiVersion: openslo/v1');
  else if (documents.length === 0) throw new Error('a file with nothing in it is no OpenSLO');
  else promisesIn(documents, problems);
  problems.throwIfAny();
}

/** The same file with an item of the call as what every SLO is of that does not say so itself. */
export function withItem(text: string, item: string): string {
  const documents = parseAllDocuments(text);
  const key = ['metadata', 'annotations', annotationOf('of')];
  for (const document of Array.isArray(documents) ? documents : []) {
    if (isMap(document.contents)) {
      if (document.get('kind') === 'SLO' && !document.hasIn(key)) document.setIn(key, item);
    }
  }
  return Array.isArray(documents) ? documents.map((document) => String(document)).join('') : text;
}
