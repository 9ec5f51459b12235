import { type AttributeDefinition, categoryId, checkAttributes, type JsonValue, type Kind, type Mixin } from '../src/index.js';
import { registry } from './arbitrary.js';

const ogf = 'http://schemas.ogf.org/occi/';

/** M: the client may set it; I: only the Agency; once: the client may when it is created. `!`: the client must. */
type Rule = 'M' | 'M!' | 'I' | 'once' | 'once!';
/** Attribute, rule, values that it takes, values that it does not take. */
type Row = readonly [string, Rule, readonly JsonValue[], readonly JsonValue[]];

const text: readonly JsonValue[] = ['', 'a; "b"'];
const state = (prefix: string, ...states: string[]): readonly Row[] => [
  [`${prefix}.state`, 'I', states, ['on', 1]],
  [`${prefix}.state.message`, 'I', text, [true]],
];

/** OCCI.md 1.1 to 1.5. */
const tables: Readonly<Record<string, readonly Row[]>> = {
  'core#entity': [
    ['occi.core.id', 'I', text, [1]],
    ['occi.core.title', 'M', text, [1]],
  ],
  'core#resource': [['occi.core.summary', 'M', text, [1]]],
  'core#link': [
    ['occi.core.source', 'M!', ['/compute/1'], ['http://elsewhere/compute/1', 1]],
    ['occi.core.target', 'M!', ['/network/1', 'http://elsewhere/network/1'], [1]],
    ['occi.core.source.kind', 'M', text, [1]],
    ['occi.core.target.kind', 'M', text, [1]],
  ],
  'infrastructure#compute': [
    ['occi.compute.architecture', 'M', ['x86', 'x64'], ['x86_64', 64]],
    ['occi.compute.cores', 'M', [1], [1.5, '1']],
    ['occi.compute.hostname', 'M', text, [1]],
    ['occi.compute.share', 'M', [1], [0.5]],
    ['occi.compute.memory', 'M', [0.5, 2], ['2']],
    ['occi.compute.speed', 'M', [2.4], ['2']],
    ...state('occi.compute', 'active', 'inactive', 'suspended', 'error'),
  ],
  'infrastructure#network': [
    ['occi.network.vlan', 'M', [0, 9, 999, 1000, 4095], [-1, 4096, 1.5]],
    ['occi.network.label', 'M', text, [1]],
    ...state('occi.network', 'active', 'inactive', 'error'),
  ],
  'infrastructure#storage': [
    ['occi.storage.size', 'M!', [0.5, 10], ['10']],
    ...state('occi.storage', 'online', 'offline', 'error'),
  ],
  'infrastructure#networkinterface': [
    ['occi.networkinterface.interface', 'once', ['eth0'], [0]],
    ['occi.networkinterface.mac', 'M', ['00:11:22:33:44:55'], [0]],
    ...state('occi.networkinterface', 'active', 'inactive', 'error'),
  ],
  'infrastructure#storagelink': [
    ['occi.storagelink.deviceid', 'M', ['/dev/vdb'], [0]],
    ['occi.storagelink.mountpoint', 'M', ['/mnt'], [0]],
    ...state('occi.storagelink', 'active', 'inactive', 'error'),
  ],
  'infrastructure/network#ipnetwork': [
    ['occi.network.address', 'M', ['10.0.0.0/24', 'fd00::/8'], ['10.0.0.0', '10.0.0.0/33', 'net']],
    ['occi.network.gateway', 'M', ['10.0.0.1', 'fd00::1'], ['10.0.0.256', '10.0.0.0/24']],
    ['occi.network.allocation', 'M', ['dynamic', 'static'], ['none']],
  ],
  'infrastructure/networkinterface#ipnetworkinterface': [
    ['occi.networkinterface.address', 'M!', ['10.0.0.2', '::1'], ['host']],
    ['occi.networkinterface.gateway', 'M', ['10.0.0.1'], ['host']],
    ['occi.networkinterface.allocation', 'M!', ['dynamic', 'static'], ['none']],
  ],
  'infrastructure#os_tpl': [],
  'infrastructure#resource_tpl': [],
  'infrastructure/credentials#ssh_key': [['occi.credentials.ssh.publickey', 'M!', text, [1]]],
  'infrastructure/compute#user_data': [['occi.compute.userdata', 'once!', text, [1]]],
  'infrastructure/compute/template/1.1#medium': [
    ['occi.compute.cores', 'M', [2], [1.5]],
    ['occi.compute.memory', 'M', [2], ['2']],
    ['occi.compute.ephemeral_storage.size', 'I', [20], ['20']],
    ['occi.compute.ephemeral_storage.deviceid', 'M!', text, [1]],
  ],
  'platform#application': [
    ['occi.app.name', 'M!', text, [1]],
    ['occi.app.context', 'I', text, [1]],
    ['occi.app.url', 'I', text, [1]],
    ...state('occi.app', 'active', 'inactive', 'error'),
  ],
  'platform#component': state('occi.component', 'active', 'inactive', 'error'),
  'platform#componentlink': [],
  'platform#app_tpl': [],
  'platform#res_tpl': [],
  'platform#database': [['occi.database.version', 'once', text, [1]]],
  'platform#databaselink': [
    ['occi.database.uri', 'I', text, [1]],
    ['occi.database.username', 'I', text, [1]],
    ['occi.database.token', 'I', text, [1]],
  ],
  'sla#agreement': [
    ['occi.agreement.state', 'I', ['pending', 'accepted', 'rejected', 'suspended', 'terminated'], ['violated']],
    ['occi.agreement.agreedAt', 'I', ['2026-01-02T03:04:05Z'], ['PT1H']],
    ['occi.agreement.effectiveFrom', 'M', ['2026-01-02T03:04:05.678+01:00'], ['tomorrow']],
    ['occi.agreement.effectiveUntil', 'M', ['2026-01-02T03:04:05Z'], ['P1M', 5]],
  ],
  'sla#agreement_link': [],
  'sla#agreement_tpl': [],
  'sla#agreement_term': [],
  'monitoring#sensor': [
    ['occi.sensor.period', 'M!', [10, 0.5], ['10']],
    ['occi.sensor.periodspec', 'M', text, [1]],
    ['occi.sensor.timebase', 'I', [1_700_000_000], ['now']],
    ['occi.sensor.timestart', 'M!', [0], ['now']],
    ['occi.sensor.timestop', 'M!', [60], ['never']],
    ['occi.sensor.timespec', 'M', text, [1]],
  ],
  'monitoring#collector': [
    ['occi.collector.period', 'M!', [10], ['10']],
    ['occi.collector.periodspec', 'M', text, [1]],
  ],
};

const ruleOf = ({ mutable, initial, required }: AttributeDefinition): string =>
  (mutable ? 'M' : initial ? 'once' : 'I') + (required ? '!' : '');

function typed(id: string): Kind | Mixin {
  const found = registry.get(ogf + id);
  if (found.class === 'action') throw new Error(`${id} is an action.`);
  return found;
}

describe('the attributes of the OGF’s categories', () => {
  it.each(Object.entries(tables))('are those of the documents: %s', (id, rows) => {
    const defined = Object.entries(typed(id).attributes).map(([name, definition]) => [name, ruleOf(definition)]);
    expect(Object.fromEntries(defined)).toEqual(Object.fromEntries(rows.map(([name, rule]) => [name, rule])));
  });

  it.each(Object.values(tables).flat())('%s (%s) takes %j and not %j', (name, _, good, bad) => {
    const owner = Object.keys(tables).find((id) => tables[id]?.some(([known, , values]) => known === name && values === good));
    const definition = typed(owner ?? '').attributes[name];
    const check = (value: JsonValue) => () => {
      checkAttributes({ [name]: value }, new Map([[name, definition!]]), 'it');
    };
    for (const value of good) expect(check(value)).not.toThrow();
    for (const value of bad) expect(check(value)).toThrow(`${name} must be of type`);
  });
});

describe('the kinds', () => {
  it.each([
    ['infrastructure#compute', 'infrastructure/compute/action#', ['start', 'stop', 'restart', 'suspend', 'save']],
    ['infrastructure#network', 'infrastructure/network/action#', ['up', 'down']],
    ['infrastructure#storage', 'infrastructure/storage/action#', ['online', 'offline', 'backup', 'snapshot', 'resize']],
    ['platform#application', 'platform/application/action#', ['start', 'stop']],
    ['platform#component', 'platform/component/action#', ['start', 'stop']],
    ['sla#agreement', 'sla#', ['accept', 'reject', 'suspend', 'resume', 'terminate']],
  ])('have the actions of the documents: %s', (id, scheme, terms) => {
    expect(typed(id).actions).toEqual(terms.map((term) => ogf + scheme + term));
  });

  it.each([
    ['infrastructure/compute/action#stop', 'method', ['graceful', 'acpioff', 'poweroff']],
    ['infrastructure/compute/action#restart', 'method', ['graceful', 'warm', 'cold']],
    ['infrastructure/compute/action#suspend', 'method', ['hibernate', 'suspend']],
    ['infrastructure/compute/action#save', 'method', ['hot', 'deferred']],
  ])('have actions with the methods of the documents: %s', (id, name, methods) => {
    expect(registry.get(ogf + id).attributes[name]?.pattern).toBe(`^(${methods.join('|')})$`);
  });

  it('have agreements whose actions are known by both of the schemes in use', () => {
    for (const term of ['accept', 'reject', 'suspend', 'resume', 'terminate'])
      expect(registry.get(`${ogf}sla/agreement/action#${term}`)).toBe(registry.get(`${ogf}sla#${term}`));
  });
});

describe('the mixins', () => {
  const compute = `${ogf}infrastructure#compute`;

  it.each([
    ['infrastructure/network#ipnetwork', [`${ogf}infrastructure#network`]],
    ['infrastructure/networkinterface#ipnetworkinterface', [`${ogf}infrastructure#networkinterface`]],
    ['infrastructure#os_tpl', [compute]],
    ['infrastructure#resource_tpl', [compute]],
    ['infrastructure/credentials#ssh_key', [compute]],
    ['infrastructure/compute#user_data', [compute]],
    ['platform#app_tpl', [`${ogf}platform#application`]],
    ['platform#res_tpl', [`${ogf}platform#application`, `${ogf}platform#component`]],
    ['platform#database', [`${ogf}platform#component`]],
    ['platform#databaselink', [`${ogf}platform#componentlink`]],
    ['sla#agreement_tpl', [`${ogf}sla#agreement`]],
    ['sla#agreement_term', [`${ogf}sla#agreement`]],
    ['monitoring#metric', [`${ogf}monitoring#collector`]],
    ['monitoring#aggregator', [`${ogf}monitoring#sensor`]],
    ['monitoring#publisher', [`${ogf}monitoring#sensor`]],
  ])('are for the kinds of the documents: %s', (id, kinds) => {
    expect(typed(id)).toMatchObject({ class: 'mixin', applies: kinds });
  });

  it.each([
    ['small', 1, 1, 10],
    ['medium', 2, 2, 20],
    ['large', 4, 4, 40],
    ['mem_small', 1, 4, 10],
    ['mem_medium', 2, 8, 20],
    ['mem_large', 4, 16, 40],
  ])('hold the profile’s template %s: %d cores, %d GiB, %d GiB', (term, cores, memory, disk) => {
    const template = typed(`infrastructure/compute/template/1.1#${term}`);
    expect(template).toMatchObject({ depends: [`${ogf}infrastructure#resource_tpl`], applies: [compute] });
    expect(template.attributes).toMatchObject({
      'occi.compute.cores': { default: cores },
      'occi.compute.memory': { default: memory },
      'occi.compute.ephemeral_storage.size': { default: disk },
    });
  });

  it('hold terms of agreements, each with type, state, words and remedy', () => {
    const terms = registry.mixins.filter(({ depends }) => depends.includes(`${ogf}sla#agreement_term`));
    expect(terms.map(({ term }) => term)).toEqual(expect.arrayContaining(['availability', 'response_time']));
    for (const { term, attributes } of terms) {
      expect(attributes[`${term}.term.type`]?.pattern).toBe('^(SERVICE-TERM|SLO-TERM|n/a)$');
      expect(attributes[`${term}.term.state`]?.pattern).toBe('^(undefined|fulfilled|violated)$');
      for (const name of ['type', 'state', 'desc', 'remedy']) expect(ruleOf(attributes[`${term}.term.${name}`]!)).toBe('I');
    }
  });

  it('take what EGI clients still send', () => {
    const openstack = 'http://schemas.openstack.org/';
    expect(Object.keys(registry.get(`${openstack}compute/instance#user_data`).attributes)).toEqual([
      'org.openstack.compute.user_data',
    ]);
    expect(Object.keys(registry.get(`${openstack}instance/credentials#public_key`).attributes)).toEqual([
      'org.openstack.credentials.publickey.name',
      'org.openstack.credentials.publickey.data',
    ]);
  });

  it('have ids, as kinds and actions do, that nobody else has', () => {
    const ids = [...registry.kinds, ...registry.mixins, ...registry.actions].map(categoryId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
