import type { TextAttribute } from '../vocabulary/names.js';
import { textValue } from '../vocabulary/text.js';
import type { TextConstraint } from './call.js';
import { mapping, oneOrMore, type Reader, text } from './fields.js';
import type { Problems } from './problems.js';
import type { Source } from './source.js';

interface Stated {
  readonly not: boolean;
  readonly values: readonly string[];
}

/** What a call requires of a word: `x64`, `[x64, arm64]` (one of these), `!= x86`, `{ not: [x86, arm64] }`, or a list of all that. */
export const wordForms =
  (attribute: TextAttribute): Reader<readonly TextConstraint[]> =>
  (source, problems) => {
    if (source.kind === 'list' && source.items.length === 0)
      problems.add(source, 'an empty list allows nothing', 'leave the field out');
    const parts = oneOrMore(stated(attribute))(source, problems) ?? [];
    const named = (not: boolean) => [...new Set(parts.filter((part) => part.not === not).flatMap(({ values }) => values))];
    return [...inWords(attribute, '=', named(false)), ...inWords(attribute, '!=', named(true))];
  };

const stated =
  (attribute: TextAttribute): Reader<Stated> =>
  (source, problems) => {
    if (source.kind === 'mapping') return excluding(attribute)(source, problems);
    if (source.kind === 'list') return taken(word(attribute)(source, problems), false);
    const [, sign = '', name = ''] = /^(!=|==|=)?\s*(.*)$/.exec(source.text) ?? [];
    return taken(word(attribute)({ ...source, text: name }, problems), sign === '!=');
  };

const taken = (value: string | undefined, not: boolean): Stated | undefined =>
  value === undefined ? undefined : { not, values: [value] };

const excluding = (attribute: TextAttribute): Reader<Stated> =>
  mapping((fields) => {
    const values = fields.required('not', oneOrMore(word(attribute)));
    return values && { not: true, values };
  });

/** One word of the vocabulary. */
export const word =
  (attribute: TextAttribute): Reader<string> =>
  (source: Source, problems: Problems) => {
    const written = text()(source, problems);
    if (written === undefined) return undefined;
    const known = textValue(attribute, written);
    if ('value' in known) return known.value;
    problems.add(source, known.problem, known.hint);
    return undefined;
  };

export function inWords(attribute: TextAttribute, sign: '=' | '!=', names: readonly string[]): readonly TextConstraint[] {
  if (names.length === 0) return [];
  const said = sign === '=' ? { anyOf: names } : { noneOf: names };
  return [{ type: 'text', text: `${attribute} ${sign} ${names.join(' or ')}`, attribute, ...said }];
}
