// A vendor, or a face of the testbed, is its folder and nothing else: what lists the folders is written here, at every build.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const indexes = [
  { directory: 'apps/vendor-agents/src/vendors', member: 'vendor' },
  { directory: 'apps/testbed/src/faces', member: 'face' },
];

/** @param root the directory of the repository. Returns the files that were not as they should be, and writes them unless told not to. */
export function writeFolderIndexes(root, { dryRun = false } = {}) {
  return indexes.flatMap(({ directory, member }) => {
    const names = readdirSync(join(root, directory), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(root, directory, entry.name, 'index.ts')))
      .map(({ name }) => name)
      .sort();
    const lines = names.map((name) => `export { ${member} as ${name} } from './${name}/index.js';`);
    const text = [
      '// Written by scripts/folder-indexes.mjs at every build: one line for each folder beside it.',
      ...lines,
      '',
    ].join('\n');
    const file = join(root, directory, 'all.ts');
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return [];
    if (!dryRun) writeFileSync(file, text);
    return [file];
  });
}
