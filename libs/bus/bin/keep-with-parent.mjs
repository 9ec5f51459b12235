// keep-with-parent.mjs COMMAND [ARGUMENT…]: runs a program that must not outlive the process that started this one, `kill -9` included.
// Standard input is a lifeline: it closes when the parent ends, however that happens, and nobody ever writes to it.
import { spawn } from 'node:child_process';
import process from 'node:process';

const patienceMs = 500;
const [command, ...args] = process.argv.slice(2);
const program = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

const end = () => {
  program.kill('SIGTERM');
  setTimeout(() => program.kill('SIGKILL'), patienceMs).unref();
};
program.on('error', () => process.exit(127));
program.on('exit', (code) => process.exit(code ?? 1));
process.stdin.on('close', end).resume();
process.on('SIGTERM', end);
