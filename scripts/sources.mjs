// What a build is made of. A file counts as changed when its time or size is another than when it was compiled, newer or older: a merge, a
// checkout or a copy may bring either. Uses nothing but Node itself (scripts/prepared.mjs).
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What decides how things are compiled and bundled: when one of these changes, everything is. */
const rules = ['.swcrc', 'package-lock.json', 'scripts/build.mjs', 'scripts/bundle.mjs'];

/**
 * @param root the directory of the repository.
 * @returns what there is: `sources` and `rules` by their path with what tells one version from the next, and the `outputs` in the
 * workspaces' dist folders.
 */
export function present(root) {
  const workspaces = ['libs', 'apps'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(kind, name)));
  const filesIn = (folder) =>
    workspaces.flatMap((workspace) => files(join(root, workspace, folder))).map((file) => relative(root, file));
  const versions = (paths) => Object.fromEntries(paths.map((path) => [path, version(join(root, path))]));
  return {
    sources: versions(filesIn('src').filter((file) => file.endsWith('.ts') && !/\.(spec|d)\.ts$/.test(file))),
    rules: versions(rules),
    outputs: new Set(filesIn('dist')),
  };
}

/** What is out of date: sources to compile, outputs that no source is there for, and whether to bundle. */
export function outOfDate(root, { sources, rules: now, outputs }) {
  const built = stamp(root);
  const isAnew = Object.entries(now).some(([path, version]) => built.rules[path] !== version);
  const wanted = new Set(Object.keys(sources).flatMap((source) => [outputOf(source), `${outputOf(source)}.map`]));
  const changed = Object.keys(sources).filter(
    (source) => isAnew || built.sources[source] !== sources[source] || !outputs.has(outputOf(source)),
  );
  const orphans = [...outputs].filter((file) => !wanted.has(file));
  const isBundled = changed.length === 0 && orphans.length === 0 && existsSync(join(root, 'dist', 'cli.js'));
  return { changed, orphans, isBundled };
}

/** Where a source is compiled to. */
export const outputOf = (source) => source.replace(/^([^/]+\/[^/]+)\/src\//, '$1/dist/').replace(/\.ts$/, '.js');

/** To be called when all is compiled and bundled: with what there was before, so that what changes meanwhile is built the next time. */
export const noteBuilt = (root, { sources, rules: now }) => {
  writeFileSync(join(root, '.build-stamp'), JSON.stringify({ sources, rules: now }));
};

/** What the last build that came to its end was made of. */
function stamp(root) {
  try {
    const { sources = {}, rules: then = {} } = JSON.parse(readFileSync(join(root, '.build-stamp'), 'utf8'));
    return { sources, rules: then };
  } catch {
    return { sources: {}, rules: {} };
  }
}

function files(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function version(file) {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs} ${size}`;
}
