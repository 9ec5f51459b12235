import { AgencyError } from '@cloud-agency/errors';
import {
  actionFromJson,
  changeFromJson,
  checkedDraft,
  entityFields,
  entityFromJson,
  entityJson,
  fromBody,
  fromHeaders,
  locationsFromJson,
  mixinsFromJson,
  newTags,
  readAction,
  readCategories,
  readChange,
  readEntity,
  readFields,
  toBody,
} from '@cloud-agency/occi';
import fc from 'fast-check';
import { anyEntity, entity, registry } from '../../libs/occi/test/arbitrary.js';

/** Cases of each property: a sample in `npm test`, as many as it takes for 100,000 and more in `npm run fuzz`. */
const numRuns = Number(process.env.FUZZ_CASES ?? 300);

/** What is refused is refused by an error of ours, of status 4xx; anything else is a defect. */
function survives(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof AgencyError)) throw error;
    expect(error.status).toBeGreaterThanOrEqual(400);
    expect(error.status).toBeLessThan(500);
    expect(error.message.length).toBeLessThan(5_000);
  }
}

const pieces = fc.constantFrom(
  ...[
    'Category: ',
    'Link: ',
    'X-OCCI-Attribute: ',
    'X-OCCI-Location: ',
    '"',
    '\\"',
    '\\',
    ';',
    ',',
    '=',
    '<',
    '>',
    '\n',
    '\r\n ',
    ' ',
    '\t',
  ],
  ...[
    'compute',
    'scheme="http://schemas.ogf.org/occi/infrastructure#"',
    'class=kind',
    'class="mixin"',
    'location="/t/"',
    'a.b',
    '__proto__',
    '1e999',
    '-0',
    'true',
  ],
  ...['</network/1>', 'rel="x#"', '?action=start', 'occi.core.id', '\u0000', '\u2028', '💥'],
);
const soup = fc
  .array(fc.oneof({ weight: 3, arbitrary: pieces }, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 40 })
  .map((parts) => parts.join(''));

const renderings = fc.sample(entity(), { numRuns: 60, seed: 1 }).map((one) => toBody(entityFields(one, registry)));

/** A rendering that is right but for one place. */
const damaged = fc
  .record({
    body: fc.constantFrom(...renderings),
    at: fc.nat(),
    length: fc.nat(5),
    instead: fc.oneof(pieces, fc.string({ maxLength: 3 })),
  })
  .map(({ body, at, length, instead }) => {
    const from = at % (body.length + 1);
    return body.slice(0, from) + instead + body.slice(from + length);
  });

const member = fc.constantFrom(
  'kind',
  'id',
  'title',
  'mixins',
  'attributes',
  'links',
  'source',
  'target',
  'action',
  'resources',
  'term',
  'scheme',
  'location',
  '__proto__',
);
const kinds = fc.constantFrom(
  'http://schemas.ogf.org/occi/infrastructure#compute',
  'http://schemas.ogf.org/occi/core#link',
  'x#y',
);
const json = fc.oneof(
  fc.dictionary(member, fc.oneof(fc.jsonValue({ maxDepth: 3 }), kinds), { maxKeys: 6, noNullPrototype: true }),
  fc.jsonValue(),
  anyEntity.map((one) => entityJson(one, registry)),
);

describe('whatever comes', () => {
  it.each([
    ['text', soup],
    ['a rendering with one thing wrong', damaged],
  ])('as %s is understood or refused', (_, bodies) => {
    fc.assert(
      fc.property(bodies, (body) => {
        survives(() => readFields(fromBody(body)));
        survives(() => readEntity(fromBody(body), registry));
        survives(() => checkedDraft(readChange(fromBody(body), registry), registry));
        survives(() => readAction(fromBody(body), registry));
        survives(() => newTags(readCategories(fromBody(body)), registry, 'http://h'));
      }),
      { numRuns },
    );
  });

  it('as headers is understood or refused', () => {
    const headers = fc.dictionary(
      fc.constantFrom('category', 'link', 'x-occi-attribute', 'x-occi-location'),
      fc.oneof(soup, fc.array(soup, { maxLength: 3 })),
    );
    fc.assert(
      fc.property(headers, (given) => {
        survives(() => checkedDraft(readChange(fromHeaders(given), registry), registry));
        survives(() => readAction(fromHeaders(given), registry));
      }),
      { numRuns },
    );
  });

  it('as JSON is understood or refused', () => {
    fc.assert(
      fc.property(json, (value) => {
        survives(() => entityFromJson(value, registry));
        survives(() => checkedDraft(changeFromJson(value, registry), registry));
        survives(() => actionFromJson(value, registry));
        survives(() => locationsFromJson(value, registry));
        survives(() => newTags(mixinsFromJson(value), registry, 'http://h'));
      }),
      { numRuns },
    );
  });

  it('is read in time that grows with its length alone', () => {
    const hostile = [
      'X-OCCI-Attribute: a.b="' + '\\"'.repeat(200_000),
      `Category: ${';'.repeat(200_000)}`,
      `Link: ${'<'.repeat(200_000)}`,
      `X-OCCI-Attribute: ${'a.'.repeat(100_000)}!=1`,
      ' '.repeat(400_000),
    ];
    for (const body of hostile) {
      const begun = process.cpuUsage();
      survives(() => readEntity(fromBody(body), registry));
      expect(process.cpuUsage(begun).user).toBeLessThan(1_000_000);
    }
  });
});
