import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agency, jsonLines } from './run.js';

let directory: string;
const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agency-cli-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const nobody = { url: 'http://127.0.0.1:9' };

describe('bad usage ends with 2, a sentence, and nothing started', () => {
  it.each([
    ['an unknown command', ['frobnicate'], /unknown command 'frobnicate'/],
    ['an unknown option', ['up', '--colour'], /unknown option '--colour'/],
    ['a missing file', ['submit'], /missing required argument 'file'/],
    ['a choice that is none', ['up', '--accept', 'worst'], /Allowed choices are best/],
    ['an event number that is none', ['events', '--after', 'noon'], /whole number/],
    ['a file that does not exist', ['up', '/does/not/exist.yaml'], /Cannot read \/does\/not\/exist\.yaml: it does not exist/],
    ['a directory', ['up', '/tmp'], /Cannot read \/tmp: it is a directory/],
    ['a URL that is none', ['cfps', '--url', 'agency.example'], /--url is 'agency.example', which is no URL such as http/],
    ['a time that is none', ['history', 'x', 'up', '--since', 'noon'], /It is a time \(2026-01-31T12:00:00Z\), or so long ago/],
    ['a span that is none', ['webhooks', 'rotate', 'x', '--overlap', 'long'], /It is so long: 90s, 15m, 2h, 3d/],
  ])('%s', async (_, args, reason) => {
    const { code, output, errors } = await agency(args, nobody);
    expect(code).toBe(2);
    expect(errors).toMatch(reason);
    expect(output).toBe('');
  });

  it('YAML that is wrong, with line and column', async () => {
    const path = file('wrong.yaml', 'apiVersion: cloud-agency/v1\nname: "open\n');
    const { code, errors } = await agency(['up', path], nobody);
    expect(code).toBe(2);
    expect(errors).toMatch(/line \d+, column \d+/);
  });

  it('an unknown field, with the nearest known one', async () => {
    const path = file('typo.yaml', 'apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: x\nresorces: {}\n');
    const { code, output } = await agency(['submit', path, '--json'], nobody);
    expect(code).toBe(2);
    const [line] = jsonLines(output);
    expect(line?.error).toMatchObject({
      code: 'invalid-document',
      problems: expect.arrayContaining([expect.objectContaining({ line: 4 })]) as unknown,
    });
    expect(JSON.stringify(line)).toContain('resources');
  });
});

it('says how to start an Agency when none answers', async () => {
  const { code, errors } = await agency(['vendors'], nobody);
  expect(code).toBe(1);
  expect(errors).toMatch(/No Cloud Agency answers at http:\/\/127\.0\.0\.1:9.*npm start/);
});

it('shows help on the output, with 0', async () => {
  const { code, output } = await agency(['submit', '--help']);
  expect(code).toBe(0);
  expect(output).toMatch(/Usage: agency submit/);
});

describe('up refuses to start', () => {
  it.each([
    [{ AGENCY_PORT: 'eighty' }, 2, /AGENCY_PORT is 'eighty'/],
    [{ AGENCY_HOST: '0.0.0.0' }, 2, /which others can reach/],
    [{ AGENCY_CONFIG: '/no/config.yaml' }, 2, /Cannot read the configuration/],
  ])('with %j', async (environment, exitCode, reason) => {
    const { code, errors } = await agency(['up'], { environment: { ...environment, AGENCY_DATA: directory } });
    expect(code).toBe(exitCode);
    expect(errors).toMatch(reason);
  });
});
