#!/usr/bin/env node
// Compiles every workspace's src/ into its dist/ with SWC, only files newer than their output, and bundles what runs into dist/.
import { transformFile } from '@swc/core';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { writeFolderIndexes } from './folder-indexes.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const swcConfig = join(root, '.swcrc');

const files = async (dir, suffix) =>
  (await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name));

const changedAt = async (file) => (await stat(file).catch(() => ({ mtimeMs: 0 }))).mtimeMs;

async function compile(source, target) {
  const { code, map } = await transformFile(source, { configFile: swcConfig, sourceFileName: relative(dirname(target), source) });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(`${target}.map`, map ?? '');
  await writeFile(target, `${code}//# sourceMappingURL=${target.split('/').at(-1)}.map\n`);
}

async function buildWorkspace(dir) {
  const sources = (await files(join(dir, 'src'), '.ts')).filter((file) => !file.endsWith('.spec.ts') && !file.endsWith('.d.ts'));
  const targetOf = (source) => join(dir, 'dist', relative(join(dir, 'src'), source)).replace(/\.ts$/, '.js');
  const wanted = new Set(sources.map(targetOf));
  for (const old of await files(join(dir, 'dist'), '.js')) if (!wanted.has(old)) await rm(old);
  let compiled = 0;
  await Promise.all(
    sources.map(async (source) => {
      const target = targetOf(source);
      if ((await changedAt(target)) > (await changedAt(source))) return;
      await compile(source, target);
      compiled += 1;
    }),
  );
  return compiled;
}

writeFolderIndexes(root);
const workspaces = (
  await Promise.all(
    ['libs', 'apps'].map((kind) => readdir(join(root, kind)).then((names) => names.map((name) => join(root, kind, name)))),
  )
).flat();
const counts = await Promise.all(workspaces.map(buildWorkspace));
const total = counts.reduce((sum, count) => sum + count, 0);
const bundled = await changedAt(join(root, 'dist', 'cli.js'));
if (total > 0 || bundled < (await changedAt(join(root, 'scripts', 'bundle.mjs')))) await bundle(root);
await writeFile(join(root, '.build-stamp'), new Date().toISOString());
if (total > 0) console.log(`Built ${total} files.`);
