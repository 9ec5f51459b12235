import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    readonly license: string;
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  };
const { dependencies, devDependencies } = manifestOf('.');
const packages = { ...dependencies, ...devDependencies };
const rows = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8').matchAll(/^\| `([^`]+)` \| (\S+) \| \S/gm);

it('has a page that says of every package what it is for, and under which licence it comes', () => {
  const told = Object.fromEntries([...rows].map(([, name = '', licence = '']) => [name, licence] as const));
  expect(told).toEqual(
    Object.fromEntries(Object.keys(packages).map((name) => [name, manifestOf(join('node_modules', name)).license])),
  );
});

it.each(Object.entries(packages))('takes %s in one version', (_, version) => {
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});
