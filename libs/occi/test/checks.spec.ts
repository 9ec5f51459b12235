import { AgencyError } from '@cloud-agency/errors';
import { checkedChange, checkedDraft, checkedReplacement, type Entity, type EntityChange } from '../src/index.js';
import { registry } from './arbitrary.js';

const ogf = 'http://schemas.ogf.org/occi/infrastructure';
const compute = `${ogf}#compute`;
const storage = `${ogf}#storage`;
const userData = `${ogf}/compute#user_data`;
const sshKey = `${ogf}/credentials#ssh_key`;
const small = `${ogf}/compute/template/1.1#small`;
const given = (change: Partial<EntityChange>): EntityChange => ({ mixins: [], attributes: {}, links: [], ...change });
const link = (attributes: EntityChange['attributes'], self = '') => ({
  target: '/network/1',
  rel: `${ogf}#network`,
  self,
  categories: [`${ogf}#networkinterface`],
  attributes,
});
const machine: Entity = {
  kind: compute,
  id: '1',
  mixins: [userData],
  attributes: { 'occi.compute.state': 'active', 'occi.compute.cores': 2, 'occi.compute.userdata': 'once' },
  actions: [],
  links: [],
};
const disk: Entity = { ...machine, kind: storage, mixins: [], attributes: { 'occi.storage.size': 10 } };

function refusal(run: () => unknown): [number, string] {
  try {
    run();
  } catch (error) {
    if (error instanceof AgencyError) return [error.status, error.message];
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('a new entity', () => {
  it('has the defaults of its template, unless it says otherwise', () => {
    const draft = checkedDraft(given({ kind: compute, mixins: [small], attributes: { 'occi.compute.memory': '4' } }), registry);
    expect(draft.attributes).toEqual({
      'occi.compute.cores': 1,
      'occi.compute.memory': 4,
      'occi.compute.ephemeral_storage.size': 10,
      'occi.compute.ephemeral_storage.deviceid': '/dev/vdb',
    });
  });

  it('may repeat what its template says anyway', () => {
    const attributes = { 'occi.compute.ephemeral_storage.size': 10 };
    expect(checkedDraft(given({ kind: compute, mixins: [small], attributes }), registry).attributes).toMatchObject(attributes);
  });

  it('carries what is given once, and the ids of links are ignored', () => {
    const draft = checkedDraft(
      given({
        kind: compute,
        mixins: [userData],
        attributes: { 'occi.compute.userdata': 'x' },
        links: [link({ 'occi.networkinterface.interface': 'eth0', 'occi.core.id': 'mine' })],
      }),
      registry,
    );
    expect(draft.attributes['occi.compute.userdata']).toBe('x');
    expect(draft.links[0]?.attributes).toEqual({ 'occi.networkinterface.interface': 'eth0' });
  });

  it.each<[Partial<EntityChange>, number, string]>([
    [{}, 400, 'names no kind'],
    [{ kind: storage }, 400, 'occi.storage.size is required'],
    [{ kind: compute, mixins: [userData] }, 400, 'occi.compute.userdata is required'],
    [{ kind: compute, mixins: [sshKey] }, 400, 'occi.credentials.ssh.publickey is required'],
    [{ kind: compute, attributes: { 'occi.compute.state': 'active' } }, 403, 'set by the Agency alone'],
    [{ kind: compute, mixins: [small], attributes: { 'occi.compute.ephemeral_storage.size': 11 } }, 403, 'by the Agency alone'],
    [{ kind: compute, mixins: [small, `${ogf}/compute/template/1.1#large`] }, 400, 'at most one resource template'],
    [{ kind: storage, mixins: [small] }, 403, 'does not apply'],
    [
      { kind: compute, links: [link({ 'occi.networkinterface.state': 'active' })] },
      403,
      'link to /network/1 is set by the Agency',
    ],
    [{ kind: compute, links: [link({ 'occi.networkinterface.mak': 'x' })] }, 400, 'did you mean occi.networkinterface.mac?'],
    [{ kind: compute, links: [{ ...link({}), categories: [compute] }] }, 400, 'which is no kind of link'],
    [{ kind: compute, links: [{ ...link({}), categories: [`${ogf}#nothing`] }] }, 404, 'does not exist'],
    [
      { kind: compute, links: [{ ...link({}), categories: [`${ogf}#networkinterface`, small] }] },
      403,
      'does not apply to http://schemas.ogf.org/occi/infrastructure#networkinterface',
    ],
    [
      { kind: `${ogf}#networkinterface`, summary: 's', attributes: { 'occi.core.source': '/a', 'occi.core.target': '/b' } },
      400,
      'occi.core.summary is one of resources',
    ],
  ])('is refused: %j', (change, status, message) => {
    expect(refusal(() => checkedDraft(given(change), registry))).toEqual([status, expect.stringContaining(message)]);
  });
});

describe('a change', () => {
  it('may repeat what cannot change, and leaves it out', () => {
    const change = given({
      attributes: { 'occi.compute.state': 'active', 'occi.compute.userdata': 'once', 'occi.compute.cores': 4 },
    });
    expect(checkedChange(machine, change, registry).attributes).toEqual({ 'occi.compute.cores': 4 });
  });

  it('gives what a new mixin needs', () => {
    const bare = { ...machine, mixins: [], attributes: {} };
    const attributes = { 'occi.compute.userdata': 'x' };
    expect(checkedChange(bare, given({ mixins: [userData], attributes }), registry).attributes).toEqual(attributes);
    expect(refusal(() => checkedChange(bare, given({ mixins: [userData] }), registry))).toEqual([
      400,
      expect.stringContaining('occi.compute.userdata is required'),
    ]);
  });

  it('may repeat links with what the Agency said of them', () => {
    const links = [link({ 'occi.networkinterface.state': 'active' }, '/networkinterface/1')];
    expect(checkedChange(machine, given({ links }), registry).links).toEqual(links);
  });

  it('cannot change what is fixed', () => {
    const change = given({ attributes: { 'occi.compute.userdata': 'twice' } });
    expect(refusal(() => checkedChange(machine, change, registry))).toEqual([
      403,
      expect.stringContaining('can be given only when it is created'),
    ]);
  });
});

describe('a replacement', () => {
  it('must hold what is required, but not what is fixed', () => {
    expect(refusal(() => checkedReplacement(disk, given({ kind: storage }), registry))).toEqual([
      400,
      expect.stringContaining('occi.storage.size is required'),
    ]);
    expect(checkedReplacement(machine, given({ kind: compute, mixins: [userData] }), registry).attributes).toEqual({});
  });

  it('names its kind', () => {
    expect(refusal(() => checkedReplacement(machine, given({}), registry))[1]).toContain('A whole entity names its kind');
    expect(refusal(() => checkedReplacement(machine, given({ kind: storage }), registry))[0]).toBe(403);
  });
});

describe('an attribute that is an object', () => {
  const kind = 'http://schemas.cloud-agency.dev/occi/agency#policy';
  const policy = (document: EntityChange['attributes'][string]): EntityChange =>
    given({ kind, attributes: { 'agency.policy.name': 'mine', 'agency.policy.document': document } });
  const stored: Entity = { ...machine, kind, mixins: [], attributes: policy({ policy: 'topsis' }).attributes };

  it('may come as a string of JSON, which is what the text renderings can say', () => {
    const { attributes } = checkedDraft(policy('{"policy": "topsis", "weights": {"a": [1, null]}}'), registry);
    expect(attributes['agency.policy.document']).toEqual({ policy: 'topsis', weights: { a: [1, null] } });
  });

  it.each(['', 'topsis', '{', '[]', 'null', '7', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`])('is not %j', (written) => {
    expect(refusal(() => checkedDraft(policy(written), registry))).toEqual([
      400,
      expect.stringContaining('agency.policy.document must be a JSON object'),
    ]);
  });

  it('stays what it is where its path comes back', () => {
    const change = policy('/policy/1/document');
    expect(checkedReplacement(stored, change, registry).attributes).toEqual(stored.attributes);
    expect(() => checkedChange(stored, policy('/policy/2/document'), registry)).toThrow('must be a JSON object');
  });
});
