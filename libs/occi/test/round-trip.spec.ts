import fc from 'fast-check';
import {
  type ActionCall,
  actionFromJson,
  categoriesJson,
  type CategoryDeclaration,
  categoryFields,
  categoryId,
  collectionJson,
  type Entity,
  entityFields,
  entityFromJson,
  entityJson,
  type Field,
  fromBody,
  fromHeaders,
  locationFields,
  locationsFromJson,
  mixinsFromJson,
  newTags,
  readAction,
  readCategories,
  readEntity,
  readFields,
  type ReceivedField,
  toBody,
  toHeaders,
  urisFrom,
  uriList,
} from '../src/index.js';
import { actionCall, anyEntity, declaration, entity, registry } from './arbitrary.js';

/** Cases of each property; `npm run fuzz` asks for more. */
const numRuns = Number(process.env.FUZZ_CASES ?? 200);

/** As text/plain, with either end of line, and as text/occi. */
const ways: readonly [string, (fields: readonly Field[]) => ReceivedField[]][] = [
  ['text/plain', (fields) => fromBody(toBody(fields))],
  ['text/plain with CRLF', (fields) => fromBody(toBody(fields).replaceAll('\n', '\r\n'))],
  [
    'text/occi',
    (fields) =>
      fromHeaders(Object.fromEntries(Object.entries(toHeaders(fields)).map(([name, value]) => [name.toLowerCase(), value]))),
  ],
  [
    'text/occi with a header for each',
    (fields) => {
      const headers: Record<string, string[]> = {};
      for (const { name, value } of fields) (headers[name.toLowerCase()] ??= []).push(value);
      return fromHeaders(headers);
    },
  ],
];
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** As a client writes it. */
function actionFields({ action, attributes }: ActionCall): Field[] {
  const { term, scheme } = registry.get(action);
  const given = Object.entries(attributes).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}`,
  );
  return [
    { name: 'Category', value: `${term}; scheme="${scheme}"; class="action"` },
    ...given.map((value): Field => ({ name: 'X-OCCI-Attribute', value })),
  ];
}

/** As a client writes it. */
function declarationFields({ term, scheme, ...rest }: CategoryDeclaration): Field[] {
  const parameters = Object.entries({ scheme, class: 'mixin', ...rest }).map(([name, value]) => `; ${name}=${quoted(value)}`);
  return [{ name: 'Category', value: term + parameters.join('') }];
}

const startFirst = (one: Entity): Entity => ({
  ...one,
  actions: [...one.actions].sort((a, b) => Number(b.endsWith('#start')) - Number(a.endsWith('#start'))),
});

describe.each(ways)('what is written as %s is read back as it was', (_, sent) => {
  it('resources and links', () => {
    fc.assert(
      fc.property(entity(), (one) => {
        expect(readEntity(sent(entityFields(one, registry)), registry)).toEqual(startFirst(one));
      }),
      { numRuns },
    );
  });

  it('calls of actions', () => {
    fc.assert(
      fc.property(actionCall(), (call) => {
        expect(readAction(sent(actionFields(call)), registry)).toEqual(call);
      }),
      { numRuns },
    );
  });

  it('categories as a client describes them', () => {
    fc.assert(
      fc.property(fc.array(declaration, { minLength: 1, maxLength: 4 }), (all) => {
        expect(readCategories(sent(all.flatMap(declarationFields)))).toEqual(all.map((one) => ({ class: 'mixin', ...one })));
      }),
      { numRuns },
    );
  });

  it('categories as the query interface shows them', () => {
    const all = [...registry.kinds, ...registry.mixins, ...registry.actions];
    expect(readCategories(sent(categoryFields(all)))).toEqual(
      all.map(
        (one) => expect.objectContaining({ term: one.term, scheme: one.scheme, class: one.class, title: one.title }) as unknown,
      ),
    );
  });

  it('listings', () => {
    fc.assert(
      fc.property(fc.array(entity(), { maxLength: 5 }), (all) => {
        const urls = all.map((one) => `http://h:8080${registry.locationOf(one)}`);
        expect(readFields(sent(locationFields(urls))).locations).toEqual(urls);
      }),
      { numRuns },
    );
  });
});

describe('what is written as JSON is read back as it was', () => {
  it('resources and links, whatever JSON their attributes hold', () => {
    fc.assert(
      fc.property(anyEntity, (one) => {
        expect(entityFromJson(throughJson(entityJson(one, registry)), registry)).toEqual(one);
      }),
      { numRuns },
    );
  });

  it('calls of actions', () => {
    fc.assert(
      fc.property(actionCall(fc.jsonValue() as fc.Arbitrary<never>), (call) => {
        const sent = throughJson(call);
        expect(actionFromJson(sent, registry)).toEqual(sent);
      }),
      { numRuns },
    );
  });

  it('collections', () => {
    fc.assert(
      fc.property(fc.array(entity(), { maxLength: 5 }), (all) => {
        const sent = throughJson(collectionJson(all, registry, 'mixed')) as { resources: unknown[]; links: unknown[] };
        const inOrder = [...all.filter(({ kind }) => !registry.isLink(kind)), ...all.filter(({ kind }) => registry.isLink(kind))];
        expect([...sent.resources, ...sent.links].map((one) => entityFromJson(one, registry))).toEqual(inOrder);
        expect(locationsFromJson(sent, registry)).toEqual(inOrder.map((one) => registry.locationOf(one)));
      }),
      { numRuns },
    );
  });

  it('mixins, as their text says them', () => {
    const { mixins } = throughJson(categoriesJson(registry.mixins)) as { mixins: unknown };
    const inText = readCategories(fromBody(toBody(categoryFields(registry.mixins))));
    // A required attribute that has a default is called so in JSON alone, where the default stands beside it.
    const comparable = ({ attributes, ...one }: CategoryDeclaration) => ({
      ...one,
      class: 'mixin',
      ...(attributes && !attributes.includes('ephemeral') ? { attributes } : {}),
    });
    expect(mixinsFromJson({ mixins }).map(comparable)).toEqual(inText.map(comparable));
  });

  it('tags of clients', () => {
    const plain = declaration.map(({ term, scheme, title, rel, location }) => ({
      term,
      scheme,
      location: location ?? `/${term}/`,
      ...(title === undefined ? {} : { title }),
      ...(rel === undefined ? {} : { rel }),
    }));
    fc.assert(
      fc.property(plain, (one) => {
        fc.pre(!registry.at(one.location));
        const [tag] = newTags([one], registry, 'http://h');
        const [again] = newTags(mixinsFromJson(throughJson(categoriesJson([tag!]))), registry, 'http://h');
        expect(again).toEqual(tag);
        expect(newTags(readCategories(fromBody(toBody(categoryFields([tag!])))), registry, 'http://h')).toEqual([tag]);
        expect(categoryId(tag!)).toBe(one.scheme + one.term);
      }),
      { numRuns },
    );
  });
});

it('a URI list is read back as it was written', () => {
  fc.assert(
    fc.property(fc.array(entity()), (all) => {
      const urls = all.map((one) => `http://h:8080${registry.locationOf(one)}`);
      expect(urisFrom(uriList(urls))).toEqual(urls);
    }),
    { numRuns },
  );
});
