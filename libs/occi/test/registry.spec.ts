import { AgencyError } from '@cloud-agency/errors';
import {
  action,
  categoryId,
  checkAttributes,
  computeId,
  kind,
  mixin,
  Registry,
  resourceId,
  standardRegistry,
} from '../src/index.js';

const registry = standardRegistry(['debian-12', 'ubuntu-24.04']);
const categories = [...registry.kinds, ...registry.mixins, ...registry.actions];

describe('the standard categories', () => {
  it('begin with entity, resource and link', () => {
    expect(registry.kinds.slice(0, 3).map(({ term }) => term)).toEqual(['entity', 'resource', 'link']);
  });

  it('have terms that OCCI 1.1 allows, and titles that every client can split', () => {
    for (const { term, title } of categories) {
      expect(term).toMatch(/^[a-z][a-z0-9_-]*$/);
      expect(title).not.toMatch(/[;"]/);
    }
  });

  it('refer only to categories that exist', () => {
    const referred = [
      ...registry.kinds.flatMap(({ actions, parent }) => [...actions, ...(parent ? [parent] : [])]),
      ...registry.mixins.flatMap(({ actions, depends, applies }) => [...actions, ...depends, ...applies]),
    ];
    for (const id of referred) expect(registry.find(id)).toBeDefined();
  });

  it('give every kind but entity a path made of its term', () => {
    for (const { term, location } of registry.kinds.slice(1)) expect(location).toBe(`/${term}/`);
  });

  it('hold at least one OS template and one resource template', () => {
    const templates = (of: string) =>
      registry.mixins.filter(({ depends }) => depends[0] === `http://schemas.ogf.org/occi/infrastructure#${of}`);
    expect(templates('os_tpl').map(({ term }) => term)).toEqual(['debian-12', 'ubuntu-24_04']);
    expect(templates('resource_tpl')).toHaveLength(6);
  });

  it('require of clients, in Core and Infrastructure kinds, only a storage size and the ends of a link', () => {
    const required = registry.kinds
      .filter(({ scheme }) => /occi\/(core|infrastructure)#$/.test(scheme))
      .flatMap(({ attributes }) => Object.entries(attributes).filter(([, definition]) => definition.required))
      .map(([name]) => name);
    expect(required).toEqual(['occi.core.source', 'occi.core.target', 'occi.storage.size']);
  });

  it('are found by id, by location and by term of an action', () => {
    expect(registry.find(computeId)).toBe(registry.at('/compute/'));
    expect(registry.at('/resource_tpl/small/')).toMatchObject({ class: 'mixin', term: 'small' });
    expect(registry.actionOf([computeId], 'start')).toMatchObject({ term: 'start' });
    expect(registry.actionOf([computeId], 'accept')).toBeUndefined();
    expect(registry.locationOf({ kind: computeId, id: '1' })).toBe('/compute/1');
    expect(registry.isA(computeId, resourceId)).toBe(true);
    expect(registry.isLink(computeId)).toBe(false);
  });

  it('inherit attributes, and templates override them', () => {
    const small = 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#small';
    const definitions = registry.attributesOf(computeId, [small]);
    expect(definitions.get('occi.core.title')).toMatchObject({ mutable: true });
    expect(definitions.get('occi.compute.cores')).toMatchObject({ default: 1 });
  });
});

describe('a registry', () => {
  const a = kind({ term: 'a', scheme: 's#', title: 'A' });

  it('refuses two categories of one id or one location', () => {
    expect(() => new Registry([{ kinds: [a, a], mixins: [], actions: [] }])).toThrow('s#a is declared twice');
    const atTheSamePlace = mixin({ term: 'b', scheme: 's#', title: 'B', location: '/a/' });
    expect(() => new Registry([{ kinds: [a], mixins: [atTheSamePlace], actions: [] }])).toThrow('/a/ is declared twice');
  });

  it('knows an action by its other names', () => {
    const go = action({ term: 'go', scheme: 's#', title: 'Go', aliases: ['t#go'] });
    expect(new Registry([{ kinds: [], mixins: [], actions: [go] }]).get('t#go')).toBe(go);
  });
});

describe('attributes that a client gives', () => {
  const stop = registry.get('http://schemas.ogf.org/occi/infrastructure/compute/action#stop');
  const resize = registry.get('http://schemas.ogf.org/occi/infrastructure/storage/action#resize');
  const check = (of: typeof stop, given: Record<string, string | number>) => () => {
    checkAttributes(given, new Map(Object.entries(of.attributes)), categoryId(of));
  };

  it('pass when they follow their definitions', () => {
    expect(check(stop, { method: 'graceful' })).not.toThrow();
    expect(check(resize, { size: 10 })).not.toThrow();
  });

  it.each([
    [stop, { methd: 'graceful' }, 'methd is unknown; did you mean method?'],
    [stop, { method: 'rudely' }, 'method must be of type string and match ^(graceful|acpioff|poweroff)$.'],
    [stop, { method: 1 }, 'method must be of type string'],
    [resize, {}, 'size is required.'],
  ])('are refused with the reason: %#', (of, given, message) => {
    expect(check(of, given as Record<string, string>)).toThrow(AgencyError);
    expect(check(of, given as Record<string, string>)).toThrow(message);
  });
});
