// The Agency with two of each process, over PostgreSQL: TEST_DATABASE_URL, or Debian's where that can be had.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from './postgres.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), 'cloud-agency-distributed-'));
const given = process.env.TEST_DATABASE_URL;
const server = given ? undefined : startPostgres(join(scratch, 'postgres'));
const url = given ?? server?.url;
let status = 0;
if (url === undefined) console.log('Left out: there is no PostgreSQL here and none can be installed.');
else
  ({ status } = spawnSync(process.execPath, ['scripts/test.mjs', 'test/distributed', '--runInBand', ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASE_URL: url },
  }));
server?.stop();
rmSync(scratch, { recursive: true, force: true });
process.exit(status ?? 1);
