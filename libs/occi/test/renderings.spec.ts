import { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import {
  actionFromJson,
  categoriesJson,
  categoryFields,
  collectionJson,
  type Entity,
  entityFields,
  entityFromJson,
  entityJson,
  fromBody,
  fromHeaders,
  locationFields,
  readAction,
  readEntity,
  readFields,
  toBody,
  toHeaders,
  urisFrom,
  uriList,
} from '../src/index.js';
import { anyEntity, entity, registry } from './arbitrary.js';

const compute: Entity = {
  kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
  id: 'c1',
  title: 'web; "one"',
  mixins: ['http://schemas.cloud-agency.dev/occi/os_tpl#debian-12'],
  attributes: {
    'occi.compute.cores': 2,
    'occi.compute.memory': 1.5,
    'occi.compute.state': 'active',
    'agency.flag': true,
    'agency.nothing': null,
    'agency.regions': ['a', 'b'],
    'agency.explanation': { why: 'cheapest' },
  },
  actions: [
    'http://schemas.ogf.org/occi/infrastructure/compute/action#stop',
    'http://schemas.ogf.org/occi/infrastructure/compute/action#start',
  ],
  links: [
    {
      target: '/network/n1',
      rel: 'http://schemas.ogf.org/occi/infrastructure#network',
      self: '/networkinterface/i1',
      categories: [
        'http://schemas.ogf.org/occi/infrastructure#networkinterface',
        'http://schemas.ogf.org/occi/infrastructure/networkinterface#ipnetworkinterface',
      ],
      attributes: { 'occi.networkinterface.mac': '00:11', title: 'a;b', n: 1 },
    },
  ],
};

const problemOf = (run: () => unknown): AgencyError => {
  try {
    run();
  } catch (error) {
    if (error instanceof AgencyError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('the text rendering', () => {
  it('shows an entity as the clients in the field parse it', () => {
    expect(toBody(entityFields(compute, registry))).toBe(
      [
        'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"',
        'Category: debian-12; scheme="http://schemas.cloud-agency.dev/occi/os_tpl#"; class="mixin"',
        'Link: </compute/c1?action=start>; rel="http://schemas.ogf.org/occi/infrastructure/compute/action#start"',
        'Link: </compute/c1?action=stop>; rel="http://schemas.ogf.org/occi/infrastructure/compute/action#stop"',
        'Link: </network/n1>; rel="http://schemas.ogf.org/occi/infrastructure#network"; self="/networkinterface/i1"; category="http://schemas.ogf.org/occi/infrastructure#networkinterface http://schemas.ogf.org/occi/infrastructure/networkinterface#ipnetworkinterface"; occi.networkinterface.mac="00:11"; title="a,b"; n=1',
        'X-OCCI-Attribute: occi.core.id="c1"',
        'X-OCCI-Attribute: occi.core.title="web; \\"one\\""',
        'X-OCCI-Attribute: occi.compute.cores=2',
        'X-OCCI-Attribute: occi.compute.memory=1.5',
        'X-OCCI-Attribute: occi.compute.state="active"',
        'X-OCCI-Attribute: agency.flag=true',
        'X-OCCI-Attribute: agency.regions="a, b"',
        'X-OCCI-Attribute: agency.explanation="/compute/c1/explanation"',
        '',
      ].join('\n'),
    );
  });

  it('shows a category with its parameters in their order', () => {
    const shown = (term: string) =>
      toBody(categoryFields([...registry.kinds, ...registry.mixins, ...registry.actions].filter((one) => one.term === term)));
    expect(shown('storage')).toBe(
      'Category: storage; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; title="Storage"; rel="http://schemas.ogf.org/occi/core#resource"; location="/storage/"; ' +
        'attributes="occi.storage.size{required} occi.storage.state{immutable} occi.storage.state.message{immutable}"; ' +
        `actions="${['online', 'offline', 'backup', 'snapshot', 'resize'].map((term) => `http://schemas.ogf.org/occi/infrastructure/storage/action#${term}`).join(' ')}"\n`,
    );
    expect(shown('small')).toContain(
      '; rel="http://schemas.ogf.org/occi/infrastructure#resource_tpl"; location="/resource_tpl/small/"; attributes=',
    );
    expect(shown('entity')).toBe(
      'Category: entity; scheme="http://schemas.ogf.org/occi/core#"; class="kind"; title="Entity"; attributes="occi.core.id{immutable} occi.core.title"\n',
    );
    expect(shown('down')).toBe(
      'Category: down; scheme="http://schemas.ogf.org/occi/infrastructure/network/action#"; class="action"; title="Down"\n',
    );
  });

  it('keeps a value with line breaks on its line', () => {
    const fields = entityFields({ ...compute, attributes: { 'occi.compute.userdata': 'a\r\nX-OCCI-Attribute: b=1' } }, registry);
    expect(toBody(fields)).toContain('X-OCCI-Attribute: occi.compute.userdata="a X-OCCI-Attribute: b=1"\n');
  });

  it('is read back as what was written, from a body and from headers', () => {
    fc.assert(
      fc.property(entity(), (one) => {
        const fields = entityFields(one, registry);
        const wanted = { ...one, actions: startFirst(one.actions) };
        expect(readEntity(fromBody(toBody(fields)), registry)).toEqual(wanted);
        const headers = Object.fromEntries(Object.entries(toHeaders(fields)).map(([name, value]) => [name.toLowerCase(), value]));
        expect(readEntity(fromHeaders(headers), registry)).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('is read back category by category', () => {
    const all = [...registry.kinds, ...registry.mixins, ...registry.actions];
    expect(readFields(fromBody(toBody(categoryFields(all)))).categories).toEqual(
      all.map(({ term, scheme }) => ({ term, scheme })),
    );
  });

  it('lists locations, one a line or as a comma list', () => {
    const fields = locationFields(['http://h/compute/1', 'http://h/compute/2']);
    expect(toBody(fields)).toBe('X-OCCI-Location: http://h/compute/1\nX-OCCI-Location: http://h/compute/2\n');
    expect(toHeaders(fields)).toEqual({ 'X-OCCI-Location': 'http://h/compute/1, http://h/compute/2' });
    expect(readFields(fromHeaders({ 'x-occi-location': 'http://h/compute/1, http://h/compute/2' })).locations).toHaveLength(2);
  });

  it.each([
    ['a comma and a semicolon inside quotes', 'X-OCCI-Attribute: a.b="x, y; z"', { 'a.b': 'x, y; z' }],
    ['an escaped quote', 'X-OCCI-Attribute: a.b="say \\"hi\\""', { 'a.b': 'say "hi"' }],
    ['a comma list', 'X-OCCI-Attribute: a.b="x", a.c=2.5,a.d=true', { 'a.b': 'x', 'a.c': 2.5, 'a.d': true }],
    ['a semicolon at the end', 'X-OCCI-Attribute: a.b=1;', { 'a.b': 1 }],
    ['no space after the colon and spaces around =', 'x-occi-attribute:a.b = -1e3', { 'a.b': -1000 }],
    [
      'Windows line ends and empty lines',
      '\r\nX-OCCI-Attribute: a.b=1\r\n\r\nX-OCCI-Attribute: a.c=2\r\n',
      { 'a.b': 1, 'a.c': 2 },
    ],
    ['a folded line', 'X-OCCI-Attribute: a.b=1,\n  a.c=2', { 'a.b': 1, 'a.c': 2 }],
    ['a name that objects have of themselves', 'X-OCCI-Attribute: constructor="x"', { constructor: 'x' }],
  ])('understands %s', (_, body, attributes) => {
    expect(readFields(fromBody(body)).attributes).toEqual(attributes);
  });

  it.each([
    [
      'unquoted class, other order, semicolon at the end',
      'Category: compute; class=kind; scheme="http://schemas.ogf.org/occi/infrastructure#";',
    ],
    [
      'a semicolon in a title',
      'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"; title="a; b, c"',
    ],
  ])('understands a category with %s', (_, body) => {
    expect(readFields(fromBody(body)).categories).toEqual([
      { term: 'compute', scheme: 'http://schemas.ogf.org/occi/infrastructure#' },
    ]);
  });

  it.each([
    ['hello', 'Line 1 must begin with one of'],
    ['X-OCCI-Attribute: a.b=1\nCategory', 'Line 2 must begin with'],
    [
      'X-OCCI-Attribute: a.b=active',
      "In line 1, X-OCCI-Attribute, column 5: the value of a.b must be a string in double quotes, a number, true or false, found 'active'.",
    ],
    ['X-OCCI-Attribute: a.b="open', 'the closing double quote is missing'],
    ['X-OCCI-Attribute: a.b="x" "y"', "expected ','"],
    ['X-OCCI-Attribute: a.b', "expected '=', found the end"],
    ['X-OCCI-Attribute: __proto__=1', "'__proto__' is not the name of an attribute"],
    ['X-OCCI-Attribute: a.b=01x', 'the value of a.b must be'],
    ['Category: compute', 'the category compute has no scheme'],
    ['Category: ; scheme="x#"', 'expected the term of a category'],
    ['Category: a; scheme', "expected '='"],
    ['Link: /network/1', "expected '<'"],
    ['Link: </network/1', "expected '>' after the target of a link"],
  ])('says what is wrong with %j', (body, message) => {
    const error = problemOf(() => readFields(fromBody(body)));
    expect(error.code).toBe('invalid-request');
    expect(error.message).toContain(message);
  });

  it('refuses anything else by its typed error and nothing worse', () => {
    const soup = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            'Category: ',
            'Link: ',
            'X-OCCI-Attribute: ',
            'X-OCCI-Location: ',
            '"',
            '\\',
            ';',
            ',',
            '=',
            '<',
            '>',
            '\n',
            ' ',
            'a.b',
            'scheme="x#"',
          ),
          fc.string({ maxLength: 5 }),
        ),
        {
          maxLength: 20,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(soup, (body) => {
        try {
          readEntity(fromBody(body), registry);
        } catch (error) {
          expect(error).toBeInstanceOf(AgencyError);
          expect((error as AgencyError).status).toBeLessThan(500);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('reads an action call, by its alias too', () => {
    const call = 'Category: accept; scheme="http://schemas.ogf.org/occi/sla/agreement/action#"; class="action"';
    expect(readAction(fromBody(call), registry)).toEqual({ action: 'http://schemas.ogf.org/occi/sla#accept', attributes: {} });
    expect(readAction([], registry)).toBeUndefined();
    expect(problemOf(() => readAction(fromBody(`${call}\n${call}`), registry)).message).toContain(
      'exactly one Category; there are 2',
    );
    const kind = 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"';
    expect(problemOf(() => readAction(fromBody(kind), registry)).message).toContain('is a kind, not an action');
  });

  it('names the nearest known category', () => {
    const error = problemOf(() =>
      readEntity(fromBody('Category: computer; scheme="http://schemas.ogf.org/occi/infrastructure#"'), registry),
    );
    expect(error.code).toBe('not-found');
    expect(error.message).toContain('Did you mean http://schemas.ogf.org/occi/infrastructure#compute?');
  });

  it('wants exactly one kind', () => {
    const kind = 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"';
    expect(
      problemOf(() => readEntity(fromBody(`${kind}, network; scheme="http://schemas.ogf.org/occi/infrastructure#"`), registry))
        .message,
    ).toContain('names 2');
    expect(problemOf(() => readEntity([], registry)).message).toContain('names 0');
  });
});

describe('the JSON rendering', () => {
  it('shows a resource with its links whole', () => {
    expect(entityJson(compute, registry)).toMatchObject({
      kind: compute.kind,
      id: 'c1',
      title: 'web; "one"',
      attributes: { 'occi.compute.cores': 2, 'agency.explanation': { why: 'cheapest' } },
      links: [
        {
          kind: 'http://schemas.ogf.org/occi/infrastructure#networkinterface',
          id: 'i1',
          source: { location: '/compute/c1', kind: compute.kind },
          target: { location: '/network/n1', kind: 'http://schemas.ogf.org/occi/infrastructure#network' },
        },
      ],
    });
  });

  it('is read back as what was written, whatever JSON the attributes hold', () => {
    fc.assert(
      fc.property(anyEntity, (one) => {
        expect(entityFromJson(JSON.parse(JSON.stringify(entityJson(one, registry))), registry)).toEqual(one);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps resources and links apart in a collection', () => {
    const link: Entity = {
      kind: 'http://schemas.ogf.org/occi/infrastructure#storagelink',
      id: 'l1',
      mixins: [],
      attributes: { 'occi.core.source': '/compute/c1', 'occi.core.target': '/storage/s1' },
      actions: [],
      links: [],
    };
    expect(Object.keys(collectionJson([], registry, 'resources'))).toEqual(['resources']);
    expect(Object.keys(collectionJson([link], registry, 'links'))).toEqual(['links']);
    expect(collectionJson([compute, link], registry, 'mixed')).toMatchObject({
      resources: [{ id: 'c1' }],
      links: [{ id: 'l1', source: { location: '/compute/c1' } }],
    });
  });

  it('describes categories by their definitions', () => {
    expect(categoriesJson([registry.get('http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#small')])).toMatchObject(
      {
        kinds: [],
        actions: [],
        mixins: [
          {
            term: 'small',
            location: '/resource_tpl/small/',
            attributes: { 'occi.compute.cores': { mutable: true, type: 'number', default: 1 } },
          },
        ],
      },
    );
  });

  it.each([
    [[], 'the entity must be a JSON object'],
    [{}, "the entity has no 'kind'"],
    [{ kind: 7 }, "'kind' of the entity must be a string"],
    [{ kind: compute.kind, atributes: {} }, "no member 'atributes'; did you mean 'attributes'?"],
    [{ kind: compute.kind, mixins: [1] }, "'mixins' of the entity must be an array of strings"],
    [{ kind: compute.kind, attributes: [] }, "'attributes' of the entity must be a JSON object"],
    [{ kind: compute.kind, attributes: { 'a b': 1 } }, "'a b' is not the name of an attribute"],
    [{ kind: compute.kind, links: [{ kind: 'x' }] }, "links[0] has no 'target'"],
    [{ kind: 'http://schemas.ogf.org/occi/infrastructure#os_tpl' }, 'which is a mixin'],
    [
      { kind: 'http://schemas.ogf.org/occi/infrastructure#storagelink', source: { location: '/compute/1' } },
      "the link has no 'target'",
    ],
  ])('says what is wrong with %j', (value, message) => {
    const error = problemOf(() => entityFromJson(value, registry));
    expect(error.code).toBe('invalid-request');
    expect(error.message).toContain(message);
  });

  it('reads an action call', () => {
    const action = 'http://schemas.ogf.org/occi/infrastructure/compute/action#stop';
    expect(actionFromJson({ action, attributes: { method: 'graceful' } }, registry)).toEqual({
      action,
      attributes: { method: 'graceful' },
    });
    expect(problemOf(() => actionFromJson({ action: compute.kind }, registry)).message).toContain('which is a kind');
    expect(problemOf(() => actionFromJson({ action, method: 'graceful' }, registry)).message).toContain("no member 'method'");
  });
});

describe('the URI list', () => {
  it('is read back as what was written, comments left out', () => {
    fc.assert(
      fc.property(fc.array(fc.webUrl()), (urls) => {
        expect(urisFrom(uriList(urls))).toEqual(urls);
      }),
    );
    expect(urisFrom('# two\r\nhttp://a/\r\n\r\nhttp://b/\r\n')).toEqual(['http://a/', 'http://b/']);
  });
});

const startFirst = (actions: readonly string[]): string[] =>
  [...actions].sort((a, b) => Number(b.endsWith('#start')) - Number(a.endsWith('#start')));
