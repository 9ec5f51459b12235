import type { Illegal } from './case.js';

const ogf = 'http://schemas.ogf.org/occi/infrastructure';
const compute = `${ogf}#compute`;
const machine = `Category: compute; scheme="${ogf}#"; class="kind"`;
const line = (attribute: string): string => `${machine}\nX-OCCI-Attribute: ${attribute}\n`;
const json = (value: unknown): Pick<Illegal, 'type' | 'body'> => ({
  type: 'application/occi+json',
  body: typeof value === 'string' ? value : JSON.stringify(value),
});

const inText: readonly Illegal[] = [
  { name: 'a line that is no field', body: `${machine}\nhello`, status: 400, says: 'Line 2 must begin with one of' },
  { name: 'a field that is none of ours', body: `${machine}\nX-Other: 1`, status: 400, says: 'it is: X-Other: 1' },
  { name: 'a line that goes on with nothing before it', body: ` ${machine}\nnothing`, status: 400, says: 'Line 2 must begin' },
  {
    name: 'a string without its closing quote',
    body: line('occi.compute.hostname="a'),
    status: 400,
    says: 'In line 2, X-OCCI-Attribute, column 23: the closing double quote is missing',
  },
  {
    name: 'a string whose closing quote is escaped',
    body: line('occi.compute.hostname="a\\"'),
    status: 400,
    says: 'the closing double quote is missing',
  },
  {
    name: 'two strings without a comma',
    body: line('occi.compute.hostname="a" "b"'),
    status: 400,
    says: "column 27: expected ',', found '\"b\"'",
  },
  {
    name: 'a word without quotes',
    body: line('occi.compute.hostname=web'),
    status: 400,
    says: 'column 23: the value of occi.compute.hostname must be a string in double quotes, a number, true or false',
  },
  { name: 'single quotes', body: line("occi.compute.hostname='web'"), status: 400, says: 'must be a string in double quotes' },
  { name: 'an attribute without a value', body: line('occi.compute.hostname'), status: 400, says: "expected '=', found the end" },
  { name: 'an attribute without a name', body: line('="a"'), status: 400, says: 'expected the name of an attribute' },
  {
    name: 'a name that no attribute has',
    body: line('occi..cores=1'),
    status: 400,
    says: "'occi..cores' is not the name of an attribute",
  },
  {
    name: 'the name of every object’s prototype',
    body: line('__proto__=1'),
    status: 400,
    says: "'__proto__' is not the name of an attribute",
  },
  {
    name: 'a number that is none',
    body: line('occi.compute.cores=0x10'),
    status: 400,
    says: 'the value of occi.compute.cores must be',
  },
  {
    name: 'a category without a scheme',
    body: 'Category: compute; class="kind"',
    status: 400,
    says: 'the category compute has no scheme',
  },
  {
    name: 'a category without a term',
    body: `Category: ; scheme="${ogf}#"`,
    status: 400,
    says: 'expected the term of a category',
  },
  { name: 'a parameter without a value', body: `Category: compute; scheme; class="kind"`, status: 400, says: "expected '='" },
  {
    name: 'a category that nobody knows',
    body: `Category: computer; scheme="${ogf}#"`,
    status: 404,
    says: `Did you mean ${compute}?`,
  },
  { name: 'no kind', body: 'X-OCCI-Attribute: occi.compute.cores=1', status: 400, says: 'names no kind' },
  { name: 'two kinds', body: `${machine}, network; scheme="${ogf}#"`, status: 400, says: 'this text names 2' },
  {
    name: 'a kind that no entity can have',
    body: 'Category: entity; scheme="http://schemas.ogf.org/occi/core#"',
    status: 400,
    says: 'is not a kind that entities can have',
  },
  {
    name: 'a link without its brackets',
    body: `${machine}\nLink: /network/1; rel="x#"`,
    status: 400,
    says: "In line 2, Link, column 1: expected '<'",
  },
  {
    name: 'a link without its closing bracket',
    body: `${machine}\nLink: </network/1; rel="x#"`,
    status: 400,
    says: "expected '>' after the target of a link",
  },
  {
    name: 'a link of a kind that is none of links',
    body: `${machine}\nLink: </network/1>; rel="${ogf}#network"; category="${ogf}#network"`,
    status: 400,
    says: 'which is no kind of link',
  },
  {
    name: 'a link without what its mixin needs',
    body: `${machine}\nLink: </network/1>; rel="${ogf}#network"; category="${ogf}#networkinterface ${ogf}/networkinterface#ipnetworkinterface"`,
    status: 400,
    says: 'occi.networkinterface.address is required',
  },
];

const inMeaning: readonly Illegal[] = [
  {
    name: 'an attribute that the kind does not have',
    body: line('occi.compute.core=1'),
    status: 400,
    says: 'occi.compute.core is unknown; did you mean occi.compute.cores?',
  },
  {
    name: 'a fraction of a core',
    body: line('occi.compute.cores=1.5'),
    status: 400,
    says: 'occi.compute.cores must be of type number',
  },
  {
    name: 'a state that only the Agency sets',
    body: line('occi.compute.state="active"'),
    status: 403,
    says: 'is set by the Agency alone',
  },
  {
    name: 'a disk without a size',
    body: `Category: storage; scheme="${ogf}#"`,
    status: 400,
    says: 'occi.storage.size is required',
  },
  {
    name: 'a VLAN that there cannot be',
    body: `Category: network; scheme="${ogf}#"\nX-OCCI-Attribute: occi.network.vlan=4096`,
    status: 400,
    says: 'occi.network.vlan must be',
  },
  {
    name: 'a mixin for another kind',
    body: `Category: storage; scheme="${ogf}#"\nCategory: small; scheme="${ogf}/compute/template/1.1#"\nX-OCCI-Attribute: occi.storage.size=1`,
    status: 403,
    says: 'does not apply',
  },
  {
    name: 'two resource templates',
    body: `${machine}\nCategory: small; scheme="${ogf}/compute/template/1.1#"\nCategory: large; scheme="${ogf}/compute/template/1.1#"`,
    status: 400,
    says: 'at most one resource template',
  },
  {
    name: 'user data without the data',
    body: `${machine}\nCategory: user_data; scheme="${ogf}/compute#"`,
    status: 400,
    says: 'occi.compute.userdata is required',
  },
  {
    name: 'a link from elsewhere',
    body: `Category: networkinterface; scheme="${ogf}#"\nX-OCCI-Attribute: occi.core.source="http://elsewhere.example/c", occi.core.target="/network/1"`,
    status: 400,
    says: 'occi.core.source must be',
  },
  {
    name: 'a link that leads nowhere',
    body: `Category: networkinterface; scheme="${ogf}#"\nX-OCCI-Attribute: occi.core.source="/compute/1"`,
    status: 400,
    says: 'occi.core.target is required',
  },
  {
    name: 'a summary of a link',
    body: `Category: networkinterface; scheme="${ogf}#"\nX-OCCI-Attribute: occi.core.source="/compute/1", occi.core.target="/network/1", occi.core.summary="s"`,
    status: 400,
    says: 'occi.core.summary is one of resources',
  },
];

const inHeaders: readonly Illegal[] = [
  {
    name: 'a header that is broken',
    type: 'text/occi',
    headers: [['Category', 'compute']],
    status: 400,
    says: 'In header Category, column 8: the category compute has no scheme',
  },
  { name: 'nothing at all', type: 'text/occi', status: 400, says: 'names no kind' },
];

const inJson: readonly Illegal[] = [
  { name: 'JSON that is an array', ...json([]), status: 400, says: 'the entity must be a JSON object' },
  { name: 'JSON without a kind', ...json({ title: 'x' }), status: 400, says: 'names no kind' },
  {
    name: 'JSON with a member that there is not',
    ...json({ kind: compute, titel: 'x' }),
    status: 400,
    says: "no member 'titel'; did you mean 'title'?",
  },
  {
    name: 'JSON with a member of links on a resource',
    ...json({ kind: compute, target: { location: '/x' } }),
    status: 400,
    says: "no member 'target'",
  },
  {
    name: 'JSON with a member of resources on a link',
    ...json({ kind: `${ogf}#storagelink`, summary: 's', source: { location: '/a' }, target: { location: '/b' } }),
    status: 400,
    says: "no member 'summary'",
  },
  {
    name: 'JSON with a member too many in a link',
    ...json({ kind: compute, links: [{ kind: `${ogf}#networkinterface`, target: { location: '/n', port: 1 } }] }),
    status: 400,
    says: "links[0].target has no member 'port'",
  },
  {
    name: 'JSON with __proto__',
    ...json(`{"kind":"${compute}","__proto__":{"kind":"x"}}`),
    status: 400,
    says: "no member '__proto__'",
  },
  {
    name: 'JSON with __proto__ among the attributes',
    ...json(`{"kind":"${compute}","attributes":{"__proto__":1}}`),
    status: 400,
    says: "'__proto__' is not the name of an attribute",
  },
  {
    name: 'JSON with a constructor among the attributes',
    ...json({ kind: compute, attributes: { constructor: 1 } }),
    status: 400,
    says: 'constructor is unknown',
  },
  {
    name: 'JSON with attributes as a list',
    ...json({ kind: compute, attributes: [] }),
    status: 400,
    says: "'attributes' of the entity must be a JSON object",
  },
  {
    name: 'JSON with a value of nothing',
    ...json({ kind: compute, attributes: { 'occi.compute.hostname': null } }),
    status: 400,
    says: 'occi.compute.hostname must be of type string',
  },
  {
    name: 'JSON with nested attributes',
    ...json({ kind: compute, attributes: { occi: { compute: { cores: 1 } } } }),
    status: 400,
    says: 'occi is unknown',
  },
  {
    name: 'JSON with a number beyond all',
    ...json(`{"kind":"${compute}","attributes":{"occi.compute.memory":1e999}}`),
    status: 400,
    says: 'occi.compute.memory must be of type number',
  },
];

const byHttp: readonly Illegal[] = [
  { name: 'JSON that ends early', ...json('{"kind": '), status: 400, says: 'The body is not JSON', onlyByHttp: true },
  {
    name: 'JSON deeper than any stack',
    ...json('['.repeat(200_000)),
    status: 400,
    says: 'nested deeper than 100 levels',
    onlyByHttp: true,
  },
  {
    name: 'JSON as deep in the value of an attribute',
    ...json(`{"kind":"${compute}","attributes":{"occi.compute.state":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`),
    status: 400,
    says: 'nested deeper than 100 levels',
    onlyByHttp: true,
  },
  {
    name: 'a body that is not UTF-8',
    body: Buffer.from([0x43, 0xff, 0xfe]),
    status: 400,
    says: 'The body is not UTF-8',
    onlyByHttp: true,
  },
  {
    name: 'two entities in a collection',
    ...json({ resources: [{ kind: compute }, { kind: compute }] }),
    status: 400,
    says: 'One entity is created at a time; these are 2',
    onlyByHttp: true,
  },
  {
    name: 'a type that nothing can be read from',
    type: 'image/png',
    body: machine,
    status: 406,
    says: 'An entity cannot be read from image/png',
    onlyByHttp: true,
  },
  { name: 'a type that is none', type: 'nonsense', body: machine, status: 406, says: 'cannot be read from', onlyByHttp: true },
  {
    name: 'a list of URIs, which is no entity',
    type: 'text/uri-list',
    body: '/compute/1',
    status: 406,
    says: 'cannot be read from text/uri-list',
    onlyByHttp: true,
  },
];

/** Each is refused, and told where and why. */
export const illegal: readonly Illegal[] = [...inText, ...inMeaning, ...inHeaders, ...inJson, ...byHttp];
