// A PostgreSQL server of Debian's for the store's tests, on a socket of its own and a free loopback port.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const versions = '/usr/lib/postgresql';

/** Starts one in `directory`; undefined where there is none and none can be installed. */
export function startPostgres(directory) {
  const programs = installed() ?? (install() ? installed() : undefined);
  if (!programs) return undefined;
  // PostgreSQL refuses to run as root; Debian's package brings a user for it.
  const asOwner = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  const run = (program, ...args) => {
    const [command, ...rest] = [...asOwner, join(programs, program), ...args];
    execFileSync(command, rest, { stdio: 'ignore', cwd: '/' });
  };
  const port = 20_000 + (process.pid % 20_000);
  const files = join(directory, 'data');
  mkdirSync(directory, { recursive: true });
  chmodSync(join(directory, '..'), 0o755);
  chmodSync(directory, 0o777);
  run('initdb', '-D', files, '-A', 'trust', '-U', 'postgres');
  run(
    'pg_ctl',
    '-D',
    files,
    '-w',
    '-l',
    join(directory, 'log'),
    '-o',
    `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c max_connections=300`,
    'start',
  );
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => run('pg_ctl', '-D', files, '-m', 'immediate', 'stop'),
  };
}

function installed() {
  if (!existsSync(versions)) return undefined;
  const [newest] = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
  const programs = join(versions, newest ?? '', 'bin');
  return existsSync(join(programs, 'initdb')) ? programs : undefined;
}

function install() {
  if (process.getuid() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  const apt = (...args) => spawnSync('apt-get', args, { stdio: 'ignore', timeout: 180_000 }).status === 0;
  return apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', 'postgresql');
}
