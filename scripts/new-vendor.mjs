#!/usr/bin/env node
// npm run new:vendor NAME: the folder of a new vendor with its manifest, driver and mapping, its face of the testbed, a cloud that wears it and
// both their specs. They are those of `ptc` under the new name: everything runs and passes the contract suite before the first line is changed.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFolderIndexes } from './folder-indexes.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const model = 'ptc';
const places = [
  `apps/vendor-agents/src/vendors/${model}`,
  `apps/vendor-agents/test/${model}-driver.spec.ts`,
  `apps/testbed/src/faces/${model}`,
  `apps/testbed/test/${model}.spec.ts`,
  `data/testbed/${model}.yaml`,
];

const capital = (name) => name.charAt(0).toUpperCase() + name.slice(1);

/** Its classes, files and paths, and what it is called in words. */
function renamed(text, name) {
  return text
    .replaceAll('Ptc', capital(name))
    .replaceAll('PTC', capital(name))
    .replaceAll(new RegExp(`\\b${model}(?=[^a-z]|$)`, 'g'), name)
    .replaceAll(`The testbed's own API: JSON`, `TODO: the protocol of ${capital(name)}. So far JSON`)
    .replaceAll(', the testbed’s own API', '');
}

const filesIn = (place) =>
  place.includes('.')
    ? [place]
    : readdirSync(join(root, place), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));

function fail(message) {
  console.error(message);
  process.exit(2);
}

const [name = ''] = process.argv.slice(2);
if (!/^[a-z][a-z0-9]{1,30}$/.test(name))
  fail('npm run new:vendor NAME: a name is lower-case letters and digits, e.g. examplecloud.');
const targets = places.map((place) => place.replaceAll(model, name));
const taken = targets.find((place) => existsSync(join(root, place)));
if (taken) fail(`${taken} is there already; nothing was written.`);

for (const file of places.flatMap(filesIn)) {
  const target = join(root, file.replaceAll(model, name));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, renamed(readFileSync(join(root, file), 'utf8'), name));
}
writeFolderIndexes(root);
console.log(`Written:
${targets.map((place) => `  ${place}`).join('\n')}

Next, as CONTRIBUTING.md ("A new vendor") walks through:
  1. the face, from the vendor's documents alone: apps/testbed/src/faces/${name}/
  2. the driver, from the same documents and not from the face: apps/vendor-agents/src/vendors/${name}/
  3. npm run build && CONTRACT_VENDORS=${name} npm test -- vendor-contract
  4. npm run docs:vendors`);
