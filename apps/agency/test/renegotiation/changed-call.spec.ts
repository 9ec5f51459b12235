import { agreedLevel, guaranteesAt, parseCall } from '@cloud-agency/sla';
import { initialTerms, termsAfter } from '../../src/agreements/terms.js';
import { checkChange } from '../../src/renegotiation/changed-call.js';

const document = (more = '', image = 'debian-12', name = 'shop', atLeast = '99 %') => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources: { web: { kind: compute, count: 2, require: { image: ${image} } } }
probes: [{ of: web, http: "http://{address}/" }]
guarantees:
  - { term: availability, of: web, at_least: ${atLeast}, over: 1 h }
${more}`;
const call = (...written: Parameters<typeof document>) => parseCall(document(...written)).call;

describe('a changed call', () => {
  it('may ask for anything else of what is not there yet', () => {
    const budget = call('budget: { at_most: 10 USD/month }\nreactions: [{ on: resource.down, do: replace }]\n');
    expect(() => {
      checkChange(call(), budget);
    }).not.toThrow();
  });

  it.each([
    ['another name', call('', 'debian-12', 'store'), /keep the name/],
    ['another image for machines that run', call('', 'ubuntu-24.04'), /an item of another name/],
    ['webhooks', call('notify: [{ url: "http://127.0.0.1:1/" }]\n'), /at \/webhook\//],
    ['what its webhooks are told', call('reactions: [{ on: sla.violated, do: notify }]\n'), /at \/webhook\//],
  ])('is refused for %s', (_, changed, told) => {
    expect(() => {
      checkChange(call(), changed);
    }).toThrow(told);
  });

  it('keeps how the terms stand that it does not change, and begins the others anew', () => {
    const machines = ['m1', 'm2'].map((id) => ({ id, item: 'web' }));
    const held = (written: ReturnType<typeof call>) => guaranteesAt(written, agreedLevel);
    const guarantees = held(call());
    const stood = initialTerms(guarantees, machines).map((term) => ({ ...term, state: 'violated' as const }));
    const grown = [...machines, { id: 'm3', item: 'web' }];
    const states = (after: typeof guarantees) =>
      termsAfter(stood, { before: guarantees, after }, grown).map(({ resource, state }) => [resource, state]);
    expect(states(guarantees)).toEqual([
      ['m1', 'violated'],
      ['m2', 'violated'],
      ['m3', 'undefined'],
    ]);
    expect(states(held(call('', 'debian-12', 'shop', '95 %')))).toEqual([
      ['m1', 'undefined'],
      ['m2', 'undefined'],
      ['m3', 'undefined'],
    ]);
  });
});
