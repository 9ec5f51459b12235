// Bundles what runs (docs/adr/0009): every app, the command and the solver's thread into dist/, with what they share in chunks of its own.
import { build } from 'esbuild';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';

const entries = {
  cli: 'apps/cli/dist/main.js',
  'run-app': 'apps/cli/dist/run-app.js',
  agency: 'apps/agency/dist/main.js',
  'solver-thread': 'apps/agency/dist/negotiation/solver-thread.js',
  'vendor-agents': 'apps/vendor-agents/dist/main.js',
  monitor: 'apps/monitor/dist/main.js',
  testbed: 'apps/testbed/dist/main.js',
};

const notBundled = [
  // They load files that lie beside them: a native library, and WebAssembly.
  'libsql',
  'highs',
  // Nest imports it dynamically and expects the names that Node finds in a CommonJS package, where a bundle has only a default export.
  '@nats-io/*',
];

/** Packages that another one would use if they were installed stay what they are: imports that fail when somebody needs them. */
const optionalPackages = {
  name: 'optional packages',
  setup({ onResolve, resolve }) {
    const asked = Symbol('asked');
    onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...importer }) => {
      if (pluginData === asked) return undefined;
      const found = await resolve(path, { ...importer, pluginData: asked });
      return found.errors.length === 0 ? found : { path, external: true };
    });
  },
};

/** A module that finds files by its own place finds them from the bundle too: its place stays that of the module before it was bundled. */
const ownPlaces = (outdir) => ({
  name: 'own places',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\](apps|libs)[/\\][^/\\]+[/\\]dist[/\\].*\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const place = `new URL(${JSON.stringify(relative(outdir, path))}, import.meta.url).href`;
      return { contents: code.replaceAll('import.meta.url', place), loader: 'js' };
    });
  },
});

/** @param root the directory of the repository, with every workspace compiled. */
export async function bundle(root) {
  const outdir = join(root, 'dist');
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    external: notBundled,
    plugins: [optionalPackages, ownPlaces(outdir)],
    // CommonJS packages require Node's own modules.
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
    logLevel: 'warning',
    metafile: true,
  });
  // Chunks of earlier builds; whatever runs meanwhile finds the new ones already there.
  const written = new Set(Object.keys(metafile.outputs).map((file) => basename(file)));
  for (const file of await readdir(outdir)) if (!written.has(file)) await rm(join(outdir, file));
}
