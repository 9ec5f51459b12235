import type { Legal } from './case.js';

const ogf = 'http://schemas.ogf.org/occi/infrastructure';
const compute = `${ogf}#compute`;
const machine = `Category: compute; scheme="${ogf}#"; class="kind"`;
const line = (attribute: string): string => `${machine}\nX-OCCI-Attribute: ${attribute}\n`;
const hostname = (name: string) => ({ kind: compute, attributes: { 'occi.compute.hostname': name } });
const sized = { kind: compute, attributes: { 'occi.compute.cores': 2, 'occi.compute.memory': 1.5 } };
const wire = {
  target: '/network/1',
  rel: `${ogf}#network`,
  self: '',
  categories: [`${ogf}#networkinterface`],
  attributes: {},
};
const wired = { kind: compute, links: [wire] };
const category = ['Category', `compute; scheme="${ogf}#"; class="kind"`] as const;
const headers = (...more: (readonly [string, string])[]): Pick<Legal, 'type' | 'headers'> => ({
  type: 'text/occi',
  headers: [category, ...more],
});
const json = (value: object): Pick<Legal, 'type' | 'body'> => ({ type: 'application/occi+json', body: JSON.stringify(value) });

const quoting: readonly Legal[] = [
  { name: 'a comma inside quotes', body: line('occi.compute.hostname="a, b"'), draft: hostname('a, b') },
  { name: 'a semicolon inside quotes', body: line('occi.compute.hostname="a; b"'), draft: hostname('a; b') },
  { name: 'an equals sign inside quotes', body: line('occi.compute.hostname="a=b"'), draft: hostname('a=b') },
  { name: 'escaped quotes', body: line('occi.compute.hostname="say \\"hi\\""'), draft: hostname('say "hi"') },
  { name: 'an escaped backslash before the closing quote', body: line('occi.compute.hostname="a\\\\"'), draft: hostname('a\\') },
  {
    name: 'what looks like the next attribute inside quotes',
    body: line('occi.compute.hostname="x, a.b="'),
    draft: hostname('x, a.b='),
  },
  { name: 'an empty string', body: line('occi.compute.hostname=""'), draft: hostname('') },
  { name: 'another alphabet', body: line('occi.compute.hostname="größe-💾"'), draft: hostname('größe-💾') },
  { name: 'numbers as quoted strings', body: line('occi.compute.cores="2", occi.compute.memory="1.5"'), draft: sized },
  { name: 'a number with an exponent', body: line('occi.compute.cores=2, occi.compute.memory=15e-1'), draft: sized },
  { name: 'a class without quotes', body: `Category: compute; scheme="${ogf}#"; class=kind`, draft: { kind: compute } },
  { name: 'a scheme without quotes', body: `Category: compute; scheme=${ogf}#; class=kind`, draft: { kind: compute } },
  {
    name: 'a link whose own parameters have no quotes',
    body: `${machine}\nLink: </network/1>; rel=${ogf}#network; category=${ogf}#networkinterface`,
    draft: wired,
  },
];

const layout: readonly Legal[] = [
  { name: 'attributes as a comma list', body: line('occi.compute.cores=2,occi.compute.memory=1.5'), draft: sized },
  { name: 'attributes with semicolons between them', body: line('occi.compute.cores=2; occi.compute.memory=1.5;'), draft: sized },
  { name: 'an empty element in a list', body: line('occi.compute.cores=2,,occi.compute.memory=1.5,'), draft: sized },
  { name: 'spaces around the equals sign', body: line('occi.compute.cores = 2 , occi.compute.memory\t=\t1.5'), draft: sized },
  { name: 'no space after the colon', body: `Category:compute;scheme="${ogf}#";class="kind"`, draft: { kind: compute } },
  { name: 'a space before the colon', body: `Category : compute; scheme="${ogf}#"`, draft: { kind: compute } },
  {
    name: 'line ends of CRLF',
    body: `${machine}\r\nX-OCCI-Attribute: occi.compute.cores=2\r\nX-OCCI-Attribute: occi.compute.memory=1.5\r\n`,
    draft: sized,
  },
  {
    name: 'line ends of CR alone',
    body: `${machine}\rX-OCCI-Attribute: occi.compute.cores=2, occi.compute.memory=1.5\r`,
    draft: sized,
  },
  {
    name: 'empty lines before, between and after',
    body: `\n\r\n${machine}\n \nX-OCCI-Attribute: occi.compute.cores=2, occi.compute.memory=1.5\n\n`,
    draft: sized,
  },
  {
    name: 'no line end at the end',
    body: `${machine}\nX-OCCI-Attribute: occi.compute.cores=2, occi.compute.memory=1.5`,
    draft: sized,
  },
  { name: 'a folded line', body: line('occi.compute.cores=2,\n\tocci.compute.memory=1.5'), draft: sized },
  {
    name: 'a category over three lines',
    body: `Category: compute;\n  scheme="${ogf}#";\n  class="kind"`,
    draft: { kind: compute },
  },
  {
    name: 'field names in capitals',
    body: `CATEGORY: compute; scheme="${ogf}#"\nX-OCCI-ATTRIBUTE: occi.compute.cores=2, occi.compute.memory=1.5`,
    draft: sized,
  },
  {
    name: 'field names in lower case',
    body: `category: compute; scheme="${ogf}#"\nx-occi-attribute: occi.compute.cores=2, occi.compute.memory=1.5`,
    draft: sized,
  },
  {
    name: 'a semicolon after each category',
    body: `${machine};\nCategory: small; scheme="${ogf}/compute/template/1.1#"; class="mixin";`,
    draft: { kind: compute, mixins: [`${ogf}/compute/template/1.1#small`] },
  },
  {
    name: 'categories as a comma list, each with a semicolon at its end',
    body: `${machine}; , small; scheme="${ogf}/compute/template/1.1#"; class="mixin";`,
    draft: { mixins: [`${ogf}/compute/template/1.1#small`] },
  },
  { name: 'two semicolons for one', body: `Category: compute;; scheme="${ogf}#"; ; class="kind"`, draft: { kind: compute } },
  {
    name: 'the kind after the mixins',
    body: `Category: small; scheme="${ogf}/compute/template/1.1#"\n${machine}`,
    draft: { kind: compute },
  },
  {
    name: 'parameters in another order',
    body: `Category: compute; class="kind"; title="Machine; big, fast"; scheme="${ogf}#"`,
    draft: { kind: compute },
  },
  { name: 'a category without its class', body: `Category: compute; scheme="${ogf}#"`, draft: { kind: compute } },
  {
    name: 'a category as the query interface shows it',
    body: `${machine}; title="Compute"; rel="http://schemas.ogf.org/occi/core#resource"; location="/compute/"; attributes="occi.compute.cores occi.compute.state{immutable}"; actions="${ogf}/compute/action#start"`,
    draft: { kind: compute },
  },
  {
    name: 'the same attribute twice: the last counts',
    body: line('occi.compute.hostname="a"\nX-OCCI-Attribute: occi.compute.hostname="b"'),
    draft: hostname('b'),
  },
  {
    name: 'an id of the client’s, which is ignored',
    body: line('occi.core.id="mine", occi.compute.cores=2, occi.compute.memory=1.5'),
    draft: sized,
  },
];

const types: readonly Legal[] = [
  { name: 'a charset', type: 'text/plain; charset=utf-8', body: line('occi.compute.hostname="ü"'), draft: hostname('ü') },
  { name: 'a type in capitals', type: 'TEXT/PLAIN;CHARSET="UTF-8"', body: machine, draft: { kind: compute } },
  {
    name: 'two types, of which the first counts',
    type: 'text/plain,text/occi',
    body: line('occi.compute.cores=2, occi.compute.memory=1.5'),
    draft: sized,
  },
  { name: 'two types and a charset', type: 'text/plain; charset=utf-8, text/occi', body: machine, draft: { kind: compute } },
  { name: 'text/occi+plain', type: 'text/occi+plain', body: machine, draft: { kind: compute } },
  { name: 'no type at all', type: '', body: machine, draft: { kind: compute } },
  { name: 'an empty body, and all in headers, under text/plain', headers: [category], body: '', draft: { kind: compute } },
  { name: 'an empty body, and all in headers, without a type', type: '', headers: [category], draft: { kind: compute } },
  { name: 'headers, and a body that says nothing', ...headers(), body: 'OK\n', draft: { kind: compute } },
];

const inHeaders: readonly Legal[] = [
  {
    name: 'repeated headers',
    ...headers(['X-OCCI-Attribute', 'occi.compute.cores=2'], ['X-OCCI-Attribute', 'occi.compute.memory=1.5']),
    draft: sized,
  },
  {
    name: 'a repeated Category',
    ...headers(['Category', `small; scheme="${ogf}/compute/template/1.1#"`]),
    draft: { mixins: [`${ogf}/compute/template/1.1#small`] },
  },
  {
    name: 'a comma list in one header',
    ...headers(['X-OCCI-Attribute', 'occi.compute.cores=2, occi.compute.memory=1.5']),
    draft: sized,
  },
  {
    name: 'header names in capitals',
    type: 'text/occi',
    headers: [
      ['CATEGORY', category[1]],
      ['X-OCCI-ATTRIBUTE', 'occi.compute.hostname="a"'],
    ],
    draft: hostname('a'),
  },
  {
    name: 'header names in lower case',
    type: 'text/occi',
    headers: [
      ['category', category[1]],
      ['x-occi-attribute', 'occi.compute.hostname="a"'],
    ],
    draft: hostname('a'),
  },
  {
    name: 'quotes, commas and semicolons in a header',
    ...headers(['X-OCCI-Attribute', 'occi.compute.hostname="a, \\"b\\"; c"']),
    draft: hostname('a, "b"; c'),
  },
  {
    name: 'a link in a header',
    ...headers(['Link', `</network/1>; rel="${ogf}#network"; category="${ogf}#networkinterface"`]),
    draft: wired,
  },
];

const links: readonly Legal[] = [
  {
    name: 'a link with its mixin and attributes',
    body: `${machine}\nLink: </network/1>; rel="${ogf}#network"; category="${ogf}#networkinterface ${ogf}/networkinterface#ipnetworkinterface"; occi.networkinterface.address="10.0.0.2"; occi.networkinterface.allocation="static"; occi.networkinterface.interface="eth0"`,
    draft: {
      links: [
        {
          ...wire,
          categories: [`${ogf}#networkinterface`, `${ogf}/networkinterface#ipnetworkinterface`],
          attributes: {
            'occi.networkinterface.address': '10.0.0.2',
            'occi.networkinterface.allocation': 'static',
            'occi.networkinterface.interface': 'eth0',
          },
        },
      ],
    },
  },
  {
    name: 'a link that repeats category for its mixin',
    body: `${machine}\nLink: </network/1>; rel="${ogf}#network"; category="${ogf}#networkinterface"; category="${ogf}/networkinterface#ipnetworkinterface"; occi.networkinterface.address="::1"; occi.networkinterface.allocation="dynamic"`,
    draft: {
      links: [
        {
          ...wire,
          categories: [`${ogf}#networkinterface`, `${ogf}/networkinterface#ipnetworkinterface`],
          attributes: { 'occi.networkinterface.address': '::1', 'occi.networkinterface.allocation': 'dynamic' },
        },
      ],
    },
  },
  {
    name: 'a link to elsewhere',
    body: `${machine}\nLink: <http://elsewhere.example/n?a=1;b=2>; rel="${ogf}#network"; category="${ogf}#networkinterface"`,
    draft: { links: [{ ...wire, target: 'http://elsewhere.example/n?a=1;b=2' }] },
  },
  {
    name: 'spaces inside the brackets of a link',
    body: `${machine}\nLink: < /network/1 > ;rel="${ogf}#network";category="${ogf}#networkinterface";`,
    draft: wired,
  },
  {
    name: 'links of actions, which say nothing of a new entity',
    body: `${machine}\nLink: </compute/1?action=start>; rel="${ogf}/compute/action#start"`,
    draft: { kind: compute, links: [] },
  },
  {
    name: 'a link entity in text',
    body: `Category: networkinterface; scheme="${ogf}#"\nX-OCCI-Attribute: occi.core.source="/compute/1", occi.core.target="/network/1"`,
    draft: {
      kind: `${ogf}#networkinterface`,
      attributes: { 'occi.core.source': '/compute/1', 'occi.core.target': '/network/1' },
    },
  },
];

const olderClients: readonly Legal[] = [
  {
    name: 'what EGI clients send for keys and user data',
    body: [
      machine,
      'Category: debian-12;scheme="http://schemas.cloud-agency.dev/occi/os_tpl#";class="mixin"',
      `Category: mem_small;scheme="${ogf}/compute/template/1.1#";class="mixin"`,
      'Category: user_data;scheme="http://schemas.openstack.org/compute/instance#";class="mixin"',
      'Category: public_key;scheme="http://schemas.openstack.org/instance/credentials#";class="mixin"',
      'X-OCCI-Attribute: occi.core.title="VM"',
      'X-OCCI-Attribute: org.openstack.compute.user_data="I2Nsb3VkLWNvbmZpZwo="',
      'X-OCCI-Attribute: org.openstack.credentials.publickey.name="Public SSH key"',
      'X-OCCI-Attribute: org.openstack.credentials.publickey.data="ssh-rsa AAAA user@host"',
    ].join('\n'),
    draft: {
      kind: compute,
      title: 'VM',
      mixins: [
        'http://schemas.cloud-agency.dev/occi/os_tpl#debian-12',
        `${ogf}/compute/template/1.1#mem_small`,
        'http://schemas.openstack.org/compute/instance#user_data',
        'http://schemas.openstack.org/instance/credentials#public_key',
      ],
      attributes: {
        'occi.compute.cores': 1,
        'occi.compute.memory': 4,
        'occi.compute.ephemeral_storage.size': 10,
        'occi.compute.ephemeral_storage.deviceid': '/dev/vdb',
        'org.openstack.compute.user_data': 'I2Nsb3VkLWNvbmZpZwo=',
        'org.openstack.credentials.publickey.name': 'Public SSH key',
        'org.openstack.credentials.publickey.data': 'ssh-rsa AAAA user@host',
      },
    },
  },
  {
    name: 'attributes of 1.1 that 1.2 dropped',
    body: line('occi.compute.speed=2.4, occi.compute.architecture="x64"'),
    draft: { attributes: { 'occi.compute.speed': 2.4, 'occi.compute.architecture': 'x64' } },
  },
];

const inJson: readonly Legal[] = [
  { name: 'JSON with its kind alone', ...json({ kind: compute }), draft: { kind: compute, mixins: [], links: [] } },
  {
    name: 'JSON with an id, which is ignored',
    ...json({ kind: compute, id: 'mine', title: 't', summary: 's' }),
    draft: { title: 't', summary: 's' },
  },
  {
    name: 'JSON with title and id among the attributes',
    ...json({ kind: compute, attributes: { 'occi.core.id': 'x', 'occi.core.title': 't' } }),
    draft: { title: 't', attributes: {} },
  },
  {
    name: 'JSON with actions, which say nothing of a new entity',
    ...json({ kind: compute, actions: [`${ogf}/compute/action#start`] }),
    draft: { kind: compute },
  },
  {
    name: 'JSON with a link inside',
    ...json({
      kind: compute,
      links: [{ kind: `${ogf}#networkinterface`, target: { location: '/network/1', kind: `${ogf}#network` } }],
    }),
    draft: wired,
  },
  {
    name: 'JSON with a link that names its source',
    ...json({
      kind: compute,
      links: [
        {
          kind: `${ogf}#networkinterface`,
          source: { location: '/compute/x' },
          target: { location: '/network/1', kind: `${ogf}#network` },
        },
      ],
    }),
    draft: wired,
  },
  {
    name: 'JSON of a link',
    ...json({ kind: `${ogf}#networkinterface`, source: { location: '/compute/1' }, target: { location: '/network/1' } }),
    draft: { attributes: { 'occi.core.source': '/compute/1', 'occi.core.target': '/network/1' } },
  },
  {
    name: 'JSON with numbers as strings',
    ...json({ kind: compute, attributes: { 'occi.compute.cores': '2', 'occi.compute.memory': '1.5' } }),
    draft: sized,
  },
  {
    name: 'JSON under its general name',
    type: 'application/json; charset=utf-8',
    body: `\n${JSON.stringify({ kind: compute })}\n`,
    draft: { kind: compute },
  },
  {
    name: 'JSON with escapes',
    type: 'application/occi+json',
    body: `{"kind":"${compute}","attributes":{"occi.compute.hostname":"\\u00fc\\/\\n"}}`,
    draft: hostname('ü/\n'),
  },
];

/** What real clients send, or may. */
export const legal: readonly Legal[] = [...quoting, ...layout, ...types, ...inHeaders, ...links, ...olderClients, ...inJson];
