import { AgencyError } from '@cloud-agency/errors';
import { readdirSync, readFileSync } from 'node:fs';
import { parseCall, type Problem, readTemplate, toJson } from '../src/index.js';
import { schemaErrors } from './wsag-schemas.js';

const folder = 'data/wsag/templates';
const shipped = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
const templates = new Map(shipped.map(readTemplate).map((template) => [template.id, template]));
const text = (id: string): string => templates.get(id)?.text ?? '';

/** What a client makes of a template: see docs/wsag.md. */
const offerOf = (id: string): string =>
  text(id)
    .replace(` wsag:TemplateId="${id}"`, '')
    .replaceAll('wsag:Template ', 'wsag:AgreementOffer ')
    .replace(/<wsag:CreationConstraints>[^]*<\/wsag:Template>/, '</wsag:AgreementOffer>')
    .replace('</wsag:ServiceProvider>', `</wsag:ServiceProvider><wsag:TemplateId>${id}</wsag:TemplateId>`);
const parsed = (offer: string) => parseCall(offer, new Map(), 0, templates);

function problemsOf(offer: string): readonly string[] {
  try {
    parsed(offer);
  } catch (error) {
    if (error instanceof AgencyError)
      return (error.details.problems as Problem[]).map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('the shipped templates', () => {
  it('are there, valid, and named as their files are', async () => {
    expect([...templates.keys()].sort()).toEqual(readdirSync(folder).map((file) => file.replace('.xml', '')));
    expect(await schemaErrors(...shipped)).toEqual([]);
  });

  it.each(['one-machine', 'web-shop'])('make an offer as they are: %s', async (id) => {
    expect(parsed(offerOf(id)).call.template).toBe(id);
    expect(await schemaErrors(offerOf(id))).toEqual([]);
  });

  it('are the same in JSON', () => {
    for (const { id, root } of templates.values())
      expect(JSON.parse(toJson({ root, comments: [] }))).toMatchObject({
        'wsag:Template': { '@wsag:TemplateId': id, 'wsag:CreationConstraints': { 'wsag:Item': { 0: {} } } },
      });
  });
});

describe('an offer that names a template', () => {
  it('keeps within what the template leaves open, in whatever unit and wherever it says so', () => {
    const offer = offerOf('one-machine')
      .replace('&gt;= 2</cfp:cores>', '16</cfp:cores>')
      .replace('&gt;= 4 GiB', '&gt;= 65536 MiB');
    expect(parsed(offer).call.demand.needs[0]?.require.map((constraint) => constraint.text)).toEqual(
      expect.arrayContaining(['cores = 16', 'memory >= 64 GiB']),
    );
  });

  it.each([
    [
      'one-machine',
      '&gt;= 2</',
      '&gt;= 32</',
      'resources.machine.require.cores: 32 is outside: the template one-machine wants cores >= 1 and <= 16',
    ],
    [
      'one-machine',
      '&gt;= 4 GiB',
      '&gt;= 100 GiB',
      'resources.machine.require.memory: 100 is outside: the template one-machine wants memory >= 1 GiB and <= 64 GiB',
    ],
    [
      'one-machine',
      '>x64<',
      '>x86<',
      'resources.machine.require.architecture: x86 is outside: the template one-machine wants architecture = x64 or arm64',
    ],
    [
      'one-machine',
      '<cfp:max_price>0.20 USD/h</cfp:max_price>',
      '',
      'resources.machine.require.max_price: "max_price" is missing: the template one-machine wants max_price <= 1 USD/h',
    ],
    [
      'web-shop',
      '<cfp:count>3</cfp:count>',
      '',
      'resources.web.count: 1 is outside: the template web-shop wants count >= 2 and <= 8',
    ],
    [
      'web-shop',
      '<cfp:continent>EU</cfp:continent>',
      '<cfp:continent>AS</cfp:continent>',
      'resources.web.require.region.continent: AS is outside: the template web-shop wants continent = EU or NA',
    ],
    [
      'web-shop',
      '900 USD/month',
      '5 USD/h',
      'budget.at_most: 3650 is outside: the template web-shop wants at_most <= 3000 USD/month',
    ],
  ])('of %s is told that "%s" cannot become "%s"', (id, before, after, problem) => {
    expect(offerOf(id)).toContain(before);
    expect(problemsOf(offerOf(id).replace(before, after))).toEqual([problem]);
  });

  it('is told of a template that there is not, and where it says so', () => {
    const offer = offerOf('web-shop').replace('<wsag:TemplateId>web-shop<', '<wsag:TemplateId>web-shopp<');
    expect(problemsOf(offer)).toEqual(['template: there is no template "web-shopp"']);
    expect(() => parsed(offer)).toThrow('line 8, column 68: template: there is no template "web-shopp" (did you mean web-shop?)');
  });

  it('may be a call in YAML', () => {
    const call = (cores: number): string =>
      `apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: one\ntemplate: one-machine\nresources:\n  machine:\n    kind: compute\n    require: { cores: '>= ${cores}', memory: 4 GiB, architecture: arm64, max_price: 0.1 }\n`;
    expect(parsed(call(4)).call.template).toBe('one-machine');
    expect(problemsOf(call(64))).toEqual([expect.stringContaining('resources.machine.require.cores: 64 is outside')]);
  });
});

describe('a template that is wrong is refused', () => {
  const wrong = (before: string | RegExp, after: string): string => text('one-machine').replace(before, after);
  it.each([
    ['wsag:AgreementOffer is no template', () => offerOf('one-machine')],
    ['wsag:TemplateId "One" is not a name', () => wrong('TemplateId="one-machine"', 'TemplateId="One"')],
    ['the attribute wsag:TemplateId is missing', () => wrong(' wsag:TemplateId="one-machine"', '')],
    ['wsag:CreationConstraints is missing', () => wrong(/<wsag:CreationConstraints>[^]*<\/wsag:CreationConstraints>/, '')],
    ['a template cannot bound place', () => wrong('cfp:require/cfp:cores<', 'cfp:place<')],
    ['there is no term "machin" (did you mean machine?)', () => wrong("[@wsag:Name='machine']", "[@wsag:Name='machin']")],
    [
      'free constraints are not understood',
      () => wrong('</wsag:CreationConstraints>', '<wsag:Constraint/></wsag:CreationConstraints>'),
    ],
    ['xs:length cannot be held against an offer', () => wrong('<xs:minInclusive value="1"/>', '<xs:length value="1"/>')],
    ['"some" is not a quantity', () => wrong('<xs:minInclusive value="1"/>', '<xs:minInclusive value="some"/>')],
  ])('%s', (message, template) => {
    expect(() => readTemplate(template())).toThrow(message);
  });
});
