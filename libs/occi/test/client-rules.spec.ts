import {
  categoriesJson,
  categoryFields,
  checkedDraft,
  type Entity,
  entityFields,
  fromBody,
  newTags,
  readCategories,
  readChange,
  readFields,
  Registry,
  standardRegistry,
  toBody,
} from '../src/index.js';
import { entity, registry } from './arbitrary.js';
import fc from 'fast-check';

const categories = [...registry.kinds, ...registry.mixins, ...registry.actions];
const queryInterface = toBody(categoryFields(categories));
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
const entities = fc.sample(entity(), { numRuns: 200, seed: 7 });
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';

/** The parts of a line between semicolons, as clients split it that do not look for quotes. */
const naiveParts = (line: string): string[] => line.split(';').map((part) => part.trim());

describe('OCCI.md 3, what real clients need', () => {
  it('rule 1: text/plain has no blank first line, and every line one of four prefixes', () => {
    for (const body of [queryInterface, ...entities.map((one) => toBody(entityFields(one, registry)))])
      for (const line of linesOf(body)) expect(line).toMatch(/^(Category|X-OCCI-Attribute|X-OCCI-Location|Link): \S/);
  });

  it('rule 2: parameters stand in their order, with "; " between them, none after the last, and no others', () => {
    const string = '"(?:[^"\\\\]|\\\\.)*"';
    const optional = ['title', 'rel', 'location', 'attributes', 'actions'].map((name) => `(; ${name}=${string})?`).join('');
    const category = new RegExp(`^Category: [a-z][a-z0-9_-]*; scheme="[^"]+#"; class="(kind|mixin|action)"${optional}$`);
    for (const line of linesOf(queryInterface)) expect(line).toMatch(category);
    const link = new RegExp(
      `^Link: <[^>]+>; rel="[^"]+"(; self="[^"]+"; category="[^"]+"(; [\\w.-]+=(${string}|true|false|-?[0-9.e+-]+))*)?$`,
      'u',
    );
    for (const one of entities)
      for (const line of linesOf(toBody(entityFields(one, registry))).filter((text) => text.startsWith('Link')))
        expect(line).toMatch(link);
  });

  it('rule 3: no semicolon stands inside the quotes of a category or a link', () => {
    const [tag] = newTags(
      readCategories(
        fromBody('Category: t; scheme="http://t.example/#"; title="a; b"; rel="http://x.example/#y"; location="/t/"'),
      ),
      registry,
      'http://h',
    );
    const shown = toBody([
      ...categoryFields([...categories, tag!]),
      ...entityFields({ ...machine, links: [{ ...wire, attributes: { note: 'a; b' } }] }, registry),
    ]);
    for (const line of linesOf(shown).filter((text) => !text.startsWith('X-OCCI')))
      for (const part of naiveParts(line)) expect((part.match(/(?<!\\)"/g) ?? []).length % 2).toBe(0);
    expect(readCategories(fromBody('Category: c; scheme="s#"; title="a; b"'))).toEqual([
      { term: 'c', scheme: 's#', title: 'a; b' },
    ]);
  });

  it('rule 4: the query interface lists entity, resource, link first', () => {
    expect(
      linesOf(queryInterface)
        .slice(0, 3)
        .map((line) => naiveParts(line)[0]),
    ).toEqual(['Category: entity', 'Category: resource', 'Category: link']);
    expect((categoriesJson(categories).kinds as { term: string }[]).slice(0, 3).map(({ term }) => term)).toEqual([
      'entity',
      'resource',
      'link',
    ]);
  });

  it('rule 5: locations of categories and URIs of links are relative; links of actions come first, start before all', () => {
    for (const line of linesOf(queryInterface)) expect(line).not.toMatch(/location="[^/]/);
    const lines = linesOf(toBody(entityFields({ ...machine, links: [wire] }, registry))).filter((line) =>
      line.startsWith('Link'),
    );
    expect(lines.map((line) => naiveParts(line)[0])).toEqual([
      'Link: </compute/1?action=start>',
      'Link: </compute/1?action=stop>',
      'Link: </network/1>',
    ]);
  });

  it('rule 5: a semicolon at the end is taken from clients', () => {
    const body = [
      `Category: compute; scheme="${infrastructure}"; class="kind";`,
      'X-OCCI-Attribute: occi.compute.cores=2;',
      `Link: </network/1>; rel="${infrastructure}network"; category="${infrastructure}networkinterface";`,
      'X-OCCI-Location: http://h/compute/1;',
    ].join('\n');
    expect(readChange(fromBody(body), registry)).toMatchObject({
      attributes: { 'occi.compute.cores': 2 },
      links: [{ target: '/network/1' }],
    });
    expect(readFields(fromBody(body)).locations).toEqual(['http://h/compute/1']);
  });

  it('rule 8: a compute is created from its kind alone; of Core and Infrastructure kinds only a size and the ends of links are needed', () => {
    const empty = { mixins: [], attributes: {}, links: [] };
    expect(checkedDraft({ ...empty, kind: `${infrastructure}compute` }, registry).attributes).toEqual({});
    const needed = registry.kinds
      .filter(({ scheme }) => /occi\/(core|infrastructure)#$/.test(scheme))
      .flatMap(({ attributes }) => Object.entries(attributes).flatMap(([name, { required }]) => (required ? [name] : [])));
    expect(needed).toEqual(['occi.core.source', 'occi.core.target', 'occi.storage.size']);
  });

  it('rule 8: nothing that only the Agency sets is needed of anybody, and every template can be had without attributes', () => {
    for (const { attributes } of categories)
      for (const { mutable, initial, required } of Object.values(attributes))
        expect(required && !mutable && !initial).toBe(false);
    for (const { term, depends } of registry.mixins.filter(({ depends: on }) => on.some((id) => /#(os|resource)_tpl$/.test(id))))
      expect(
        linesOf(queryInterface).find((line) => line.startsWith(`Category: ${term};`) && line.includes(depends[0] ?? '')),
      ).not.toContain('required');
  });

  it('rule 9: there are templates whose rel is exactly os_tpl, and exactly resource_tpl', () => {
    for (const term of ['os_tpl', 'resource_tpl'])
      expect(queryInterface).toContain(`; rel="${infrastructure}${term}"; location="/${term}/`);
  });
});

describe('OCCI.md 3, rule 10: names in lower case', () => {
  const lower = standardRegistry(['debian-12'], { lowerCaseNames: true });
  const agreement: Entity = {
    kind: 'http://schemas.ogf.org/occi/sla#agreement',
    id: '1',
    mixins: [],
    attributes: { 'occi.agreement.agreedAt': '2026-01-02T03:04:05Z' },
    actions: [],
    links: [
      {
        target: '/compute/1',
        rel: `${infrastructure}compute`,
        self: '/agreement_link/1',
        categories: [],
        attributes: { 'occi.agreement.effectiveFrom': 'x' },
      },
    ],
  };

  it('are written where they are asked for, in categories, entities and links', () => {
    const shown = toBody([...categoryFields(lower.kinds, lower.spelling), ...entityFields(agreement, lower)]);
    expect(shown).toContain('occi.agreement.agreedat{immutable}');
    expect(shown).toContain('X-OCCI-Attribute: occi.agreement.agreedat="2026-01-02T03:04:05Z"');
    expect(shown).toContain('; occi.agreement.effectivefrom="x"');
    expect(shown).not.toMatch(/occi\.agreement\.\w*[A-Z]/);
  });

  it('are the document’s own otherwise', () => {
    expect(queryInterface).toContain('occi.agreement.agreedAt{immutable}');
    expect(toBody(entityFields(agreement, registry))).toContain('occi.agreement.agreedAt=');
  });

  it.each(['occi.agreement.effectivefrom', 'occi.agreement.effectiveFrom'])('are understood: %s', (name) => {
    const change = readChange(fromBody(`X-OCCI-Attribute: ${name}="2026-01-02T03:04:05Z"`), lower);
    expect(change.attributes).toEqual({ 'occi.agreement.effectiveFrom': '2026-01-02T03:04:05Z' });
  });

  it('stay so beside a client’s own mixins', () => {
    const tags = newTags([{ term: 't', scheme: 'http://t.example/#', location: '/t/' }], lower, 'http://h');
    expect(lower.with(tags).spelling.written('occi.agreement.agreedAt')).toBe('occi.agreement.agreedat');
    expect(new Registry([]).spelling.written('a.B')).toBe('a.B');
  });
});

const wire = {
  target: '/network/1',
  rel: `${infrastructure}network`,
  self: '/networkinterface/1',
  categories: [`${infrastructure}networkinterface`],
  attributes: {},
};
const machine: Entity = {
  kind: `${infrastructure}compute`,
  id: '1',
  mixins: [],
  attributes: {},
  actions: ['stop', 'start'].map((term) => `http://schemas.ogf.org/occi/infrastructure/compute/action#${term}`),
  links: [],
};
