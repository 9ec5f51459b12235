#!/usr/bin/env node
// Compiles every workspace's src/ into its dist/ with SWC, only what has changed, removes what has no source any more, and bundles what runs into dist/.
import { transformFile } from '@swc/core';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { writeFolderIndexes } from './folder-indexes.mjs';
import { noteBuilt, outOfDate, outputOf, present } from './sources.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const swcConfig = join(root, '.swcrc');

async function compile(source) {
  const [from, target] = [join(root, source), join(root, outputOf(source))];
  const { code, map } = await transformFile(from, { configFile: swcConfig, sourceFileName: relative(dirname(target), from) });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(`${target}.map`, map ?? '');
  await writeFile(target, `${code}//# sourceMappingURL=${target.split('/').at(-1)}.map\n`);
}

writeFolderIndexes(root);
const now = present(root);
const { changed, orphans, isBundled } = outOfDate(root, now);
await Promise.all([...orphans.map((file) => rm(join(root, file))), ...changed.map(compile)]);
if (!isBundled) await bundle(root);
noteBuilt(root, now);
if (changed.length > 0) console.log(`Built ${changed.length} files.`);
