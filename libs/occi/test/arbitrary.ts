import fc from 'fast-check';
import {
  type ActionCall,
  type CategoryDeclaration,
  categoryId,
  type Entity,
  type JsonValue,
  type LinkRef,
  standardRegistry,
} from '../src/index.js';

export const registry = standardRegistry(['debian-12', 'ubuntu-24.04']);

const concrete = registry.kinds.filter((kind) => kind.location !== undefined);
const linkKinds = concrete.filter((kind) => registry.isLink(categoryId(kind)));
const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
const name = fc.array(word, { minLength: 2, maxLength: 4 }).map((words) => `x.${words.join('.')}`);
const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value));

/** Any text on one line: quotes, backslashes, commas, semicolons and other alphabets included. */
export const line = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/\p{Cc}/u.test(text));
/** Text as it may stand in a parameter: OCCI.md 3, rule 3. */
const parameter = line.filter((text) => !text.includes(';'));
const scalar = (text: fc.Arbitrary<string>): fc.Arbitrary<JsonValue> => fc.oneof(text, finite, fc.integer(), fc.boolean());
const titled = fc.record({ title: line, summary: line }, { requiredKeys: [] });

const link: fc.Arbitrary<LinkRef> = fc
  .record({
    kind: fc.constantFrom(...linkKinds),
    id,
    target: fc.constantFrom(...concrete),
    targetId: id,
    mixins: fc.uniqueArray(fc.constantFrom(...registry.mixins.map(categoryId)), { maxLength: 2 }),
    attributes: fc.dictionary(name, scalar(parameter), { maxKeys: 3, noNullPrototype: true }),
  })
  .map((made) => ({
    target: `${made.target.location ?? ''}${made.targetId}`,
    rel: categoryId(made.target),
    self: `${made.kind.location ?? ''}${made.id}`,
    categories: [categoryId(made.kind), ...made.mixins],
    attributes: made.attributes,
  }));

/** Resources and links of every kind. `value` makes the attributes' values. */
export const entity = (value: fc.Arbitrary<JsonValue> = scalar(line)): fc.Arbitrary<Entity> =>
  fc.constantFrom(...concrete).chain((kind) => {
    const isLink = registry.isLink(categoryId(kind));
    return fc
      .record({
        id,
        titled: isLink ? titled.map(({ title }) => (title === undefined ? {} : { title })) : titled,
        mixins: fc.uniqueArray(fc.constantFrom(...registry.mixins.map(categoryId)), { maxLength: 3 }),
        attributes: fc.dictionary(name, value, { maxKeys: 5, noNullPrototype: true }),
        actions: fc.subarray([...kind.actions]),
        links: isLink ? fc.constant([]) : fc.array(link, { maxLength: 3 }),
        ends: fc.record({ source: id, target: id }),
      })
      .map(({ titled: names, ends, attributes, ...made }) => ({
        kind: categoryId(kind),
        ...names,
        ...made,
        attributes: isLink
          ? { 'occi.core.source': `/compute/${ends.source}`, 'occi.core.target': `/network/${ends.target}`, ...attributes }
          : attributes,
      }));
  });

export const anyEntity = entity(
  fc
    .jsonValue()
    .map((value) => JSON.parse(JSON.stringify(value), (_, inner: unknown) => (Object.is(inner, -0) ? 0 : inner)) as JsonValue),
);

/** Calls of every action. `value` makes the attributes' values. */
export const actionCall = (value: fc.Arbitrary<JsonValue> = scalar(line)): fc.Arbitrary<ActionCall> =>
  fc.record({
    action: fc.constantFrom(...registry.actions.map(categoryId)),
    attributes: fc.dictionary(name, value, { maxKeys: 3, noNullPrototype: true }),
  });

/** What clients say of mixins of their own; words in parameters have no semicolons. */
export const declaration: fc.Arbitrary<CategoryDeclaration> = fc.record(
  {
    term: word,
    scheme: word.map((host) => `http://${host}.example/tags#`),
    title: parameter,
    rel: fc.constantFrom(...registry.mixins.map(categoryId)),
    location: word.map((path) => `/${path}/`),
    attributes: fc
      .uniqueArray(name, { minLength: 1, maxLength: 3 })
      .chain((names) =>
        fc.tuple(
          ...names.map((one) =>
            fc.constantFrom('', '{immutable}', '{required}', '{immutable required}').map((words) => one + words),
          ),
        ),
      )
      .map((all) => all.join(' ')),
    actions: fc.subarray(registry.actions.map(categoryId), { minLength: 1, maxLength: 3 }).map((all) => all.join(' ')),
  },
  { requiredKeys: ['term', 'scheme'] },
);
