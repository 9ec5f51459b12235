import { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { parseCall, type Problem, toJson, toXml } from '../src/index.js';
import type { ReadElement } from '../src/documents/wsag/element.js';
import { readJson } from '../src/documents/wsag/read-json.js';
import type { Tree } from '../src/documents/wsag/tree.js';
import { readXml } from '../src/documents/wsag/xml.js';
import { Problems } from '../src/documents/problems.js';
import { readSource } from '../src/documents/source.js';

const name = fc.constantFrom('wsag:Terms', 'wsag:All', 'neg:Item', 'cfp:item', 'xs:enumeration', 'cfp:on-demand');
const words = fc.string({ unit: fc.constantFrom('a', 'ü', '<', '&', '"', ' ', '\n', '\r', '1', '.'), maxLength: 8 });
/** Trees as a document has them: text or elements inside, and no white space that means nothing. */
const trees = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .record({ name, text: words, attributes: fc.constant([]) })
      .map(({ text, ...rest }) => treeOf({ ...rest, text, children: [] })),
    fc
      .record({
        name,
        attributes: fc.uniqueArray(fc.tuple(fc.constantFrom('wsag:Name', 'value', 'cfp:text'), words), {
          selector: ([attribute]) => attribute,
        }),
        children: fc.array(tie('tree'), { maxLength: 5 }),
      })
      .map((parts) => treeOf({ ...parts, text: '' })),
  ),
})).tree;

function treeOf({ attributes, ...rest }: Omit<Tree, 'attributes'> & { readonly attributes: readonly [string, string][] }): Tree {
  const spaced = rest.text === rest.text.trim() ? [] : [['xml:space', 'preserve'] as const];
  return { ...rest, attributes: new Map([...attributes, ...spaced]) };
}

/** What a tree is, wherever it was read. */
const plain = ({ name: called, attributes, children, text }: Tree | ReadElement): unknown => ({
  called,
  attributes: Object.fromEntries([...attributes].sort(([a], [b]) => a.localeCompare(b))),
  children: children.map(plain),
  text: children.length > 0 ? '' : text,
});

function fromJson(text: string): ReadElement {
  const source = readSource(text);
  const problems = new Problems();
  const root = source.kind === 'mapping' ? readJson(source, problems) : undefined;
  problems.throwIfAny();
  if (!root) throw new Error('there is no element in it');
  return root;
}

it('a tree is the same in XML and in JSON, to and fro', () => {
  fc.assert(
    fc.property(trees, (root) => {
      const inXml = readXml(toXml({ root, comments: ['for people'] }));
      const inJson = fromJson(toJson({ root: inXml, comments: ['for people'] }));
      expect(plain(inXml)).toEqual(plain(root));
      expect(plain(inJson)).toEqual(plain(root));
      expect(toXml({ root: inJson, comments: [] })).toBe(toXml({ root: inXml, comments: [] }));
    }),
    { numRuns: 300 },
  );
});

const offer = readFileSync('examples/web-shop.wsag.xml', 'utf8');

it('an offer by hand is the same call in both', () => {
  const json = toJson({ root: readXml(offer), comments: [] });
  expect(JSON.parse(json)).toMatchObject({
    'neg:NegotiationOffer': {
      'wsag:Name': 'web-shop',
      'wsag:Terms': { 'wsag:All': { 'wsag:ServiceDescriptionTerm': { length: 3, 0: { '@wsag:Name': 'web' } } } },
      'neg:NegotiationConstraints': {
        'neg:Item': { 0: { '@neg:Type': 'Required', 'wsag:ItemConstraint': { 'xs:minInclusive': { '@value': '2' } } } },
      },
    },
  });
  expect(parseCall(json)).toEqual(parseCall(offer));
});

it('names of other namespaces are written out', () => {
  const xml = offer.replace(
    '<wsag:ServiceProvider>',
    '<wsag:AgreementInitiator><x:party xmlns:x="urn:x" x:of="us"/></wsag:AgreementInitiator><wsag:ServiceProvider>',
  );
  const json = toJson({ root: readXml(xml), comments: [] });
  expect(json).toContain('"{urn:x}party": {\n          "@{urn:x}of": "us"');
  expect(plain(fromJson(json))).toEqual(plain(readXml(xml)));
});

const shop = (parts: object = {}): object => ({
  'wsag:AgreementOffer': {
    'wsag:Terms': {
      'wsag:All': {
        'wsag:ServiceDescriptionTerm': {
          '@wsag:Name': 'web',
          '@wsag:ServiceName': 'web',
          'cfp:Resource': { 'cfp:kind': 'compute', 'cfp:count': 2 },
        },
      },
    },
    'wsag:Name': 'shop',
    'wsag:Context': { 'wsag:ServiceProvider': 'AgreementResponder' },
    ...parts,
  },
});

it('members have no order, numbers need no quotes', () => {
  const { call } = parseCall(JSON.stringify(shop()));
  expect([call.name, call.demand.needs[0]?.count]).toEqual(['shop', 2]);
});

function refusal(document: unknown): AgencyError {
  try {
    parseCall(typeof document === 'string' ? document : JSON.stringify(document, undefined, 1), new Map(), 0);
  } catch (error) {
    if (error instanceof AgencyError) return error;
    throw error;
  }
  throw new Error('the document was accepted');
}

describe('an offer in JSON that is wrong is refused with its line, its column and its path', () => {
  it.each<[string, unknown]>([
    [
      'line 19, column 3: wsag:AgreementOffer/wsag:Nam: wsag:Nam does not belong into wsag:AgreementOffer',
      shop({ 'wsag:Nam': 'x' }),
    ],
    [
      'wsag:AgreementOffer/nego:Name: "nego:Name" is of no namespace that is known here (did you mean neg?)',
      shop({ 'nego:Name': 'x' }),
    ],
    ['"Name" is of no namespace that is known here (write one of the prefixes wsag, neg, cfp, wsa, xs, xml', shop({ Name: 'x' })],
    ['wsag:AgreementOffer/wsag:Name: is null (leave it out', shop({ 'wsag:Name': null })],
    ['wsag:Name is there 2 times; at most 1 is allowed', shop({ 'wsag:Name': ['a', 'b'] })],
    ['wsag:AgreementOffer/wsag:Name: is a list inside a list', shop({ 'wsag:Name': [['a']] })],
    ['wsag:AgreementOffer/#texts: #texts means nothing here', shop({ '#texts': 'x' })],
    ['wsag:AgreementOffer/@wsag:AgreementId: is text, a number or true or false', shop({ '@wsag:AgreementId': {} })],
    ['wsag:AgreementOffer/#in-order: is a list of objects with one element each', shop({ '#in-order': 'x' })],
    ['each object holds one element', shop({ '#in-order': [{ 'wsag:Name': 'a', 'wsag:Terms': {} }] })],
    ['stands beside #in-order', shop({ '#in-order': [] })],
    ['wsag:Terms: wsag:Terms is too much (one element stands at the top)', { ...shop(), 'wsag:Terms': {} }],
    ['wsag:Template is not an offer', { 'wsag:Template': {} }],
    ['The document is not valid YAML or JSON', `{"wsag:AgreementOffer": `],
  ])('%s', (message, document) => {
    const { code, message: told, details } = refusal(document);
    expect([code, told]).toEqual(['invalid-document', expect.stringContaining(message)]);
    expect((details.problems as Problem[]).every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
  });
});
