import { reasonOf } from '@cloud-agency/errors';
import { RE2JS } from 're2js';
import { type Reader, text } from '../fields.js';
import { jsonPathSteps } from './json-path.js';

/** Text of a protocol: not empty, and not longer than a probe would look at. */
export const someText: Reader<string> = text(2_000, { matches: /^[^]+$/, wanted: 'a text with something in it' });

/** A regular expression that takes no longer than its text is long: that of RE2, without look-around and back references. */
export const pattern: Reader<string> = (source, problems) => {
  const written = text(500)(source, problems);
  if (written === undefined) return undefined;
  try {
    RE2JS.compile(written);
    return written;
  } catch (error) {
    const reason = reasonOf(error);
    problems.add(source, `"${written}" is not a regular expression: ${reason}`, 'the syntax is that of RE2');
    return undefined;
  }
};

export const jsonPath: Reader<string> = (source, problems) => {
  const written = text(200)(source, problems);
  if (written === undefined || jsonPathSteps(written)) return written;
  problems.add(source, `"${written}" is not a path to one JSON value`, "e.g. $.db.up or $.nodes[0]['the name']");
  return undefined;
};

/** A word, a number, true, false or null, as text. */
export const plainText: Reader<string> = (source, problems) => {
  if (source.kind === 'scalar' && source.text.length <= 1_000) return source.value === null ? 'null' : source.text;
  problems.add(source, 'must be a text, a number, true, false or null, at most 1000 characters');
  return undefined;
};

/** A port number. */
export const portPattern = '([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
