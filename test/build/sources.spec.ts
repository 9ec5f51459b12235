import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- a script has no types
// @ts-expect-error
import * as script from '../../scripts/sources.mjs';

interface Present {
  readonly outputs: ReadonlySet<string>;
}
interface OutOfDate {
  readonly changed: readonly string[];
  readonly orphans: readonly string[];
  readonly isBundled: boolean;
}
const sources = script as {
  present(root: string): Present;
  outOfDate(root: string, now: Present): OutOfDate;
  noteBuilt(root: string, now: Present): void;
  outputOf(source: string): string;
};

let root: string;
const write = (file: string, text = '') => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};
const state = (): OutOfDate => sources.outOfDate(root, sources.present(root));

/** As scripts/build.mjs does it, with a compiler that writes nothing. */
function build(whileItRuns = (): void => undefined): void {
  const now = sources.present(root);
  const { changed, orphans } = sources.outOfDate(root, now);
  for (const file of orphans) rmSync(join(root, file));
  for (const source of changed) for (const end of ['', '.map']) write(`${sources.outputOf(source)}${end}`);
  whileItRuns();
  write('dist/cli.js');
  sources.noteBuilt(root, now);
}

const fresh: OutOfDate = { changed: [], orphans: [], isBundled: true };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'agency-build-'));
  for (const file of ['.swcrc', 'package-lock.json', 'scripts/build.mjs', 'scripts/bundle.mjs']) write(file);
  for (const file of ['libs/a/src/index.ts', 'libs/a/src/deep/b.ts', 'apps/c/src/main.ts', 'apps/c/src/main.spec.ts'])
    write(file);
  build();
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

it('builds nothing where nothing has changed', () => {
  expect(state()).toEqual(fresh);
});

it('removes what has no source any more', () => {
  renameSync(join(root, 'libs/a/src/deep/b.ts'), join(root, 'libs/a/src/b.ts'));
  const orphans = ['libs/a/dist/deep/b.js', 'libs/a/dist/deep/b.js.map'];
  expect(state()).toEqual({ changed: ['libs/a/src/b.ts'], orphans, isBundled: false });
  rmSync(join(root, 'libs/a/src/b.ts'));
  expect(state()).toEqual({ changed: [], orphans, isBundled: false });
  build();
  expect(state()).toEqual(fresh);
  expect([...sources.present(root).outputs].some((file) => file.includes('/b.js'))).toBe(false);
});

it('compiles a source that has become older, and one that changes while it is built', () => {
  utimesSync(join(root, 'apps/c/src/main.ts'), 1, 1);
  expect(state().changed).toEqual(['apps/c/src/main.ts']);
  build(() => {
    write('apps/c/src/main.ts', 'changed');
  });
  expect(state().changed).toEqual(['apps/c/src/main.ts']);
});

it('compiles everything when the rules of compiling change, and what is missing in any case', () => {
  rmSync(join(root, 'libs/a/dist'), { recursive: true });
  expect(state().changed).toHaveLength(2);
  write('.swcrc', '{}');
  expect(state().changed).toHaveLength(3);
  build();
  rmSync(join(root, 'dist'), { recursive: true });
  expect(state()).toEqual({ ...fresh, isBundled: false });
});
