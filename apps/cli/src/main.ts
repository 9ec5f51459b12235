import { readFileSync } from 'node:fs';
import { tellFailure } from './failure.js';
import { runProgram } from './program.js';
import { Terminal } from './terminal.js';

const streams = { input: process.stdin, output: process.stdout, errors: process.stderr };
const interrupted = new AbortController();

/** The first Ctrl-C ends things in order, the second at once; children end with their parent. */
function interrupt(): void {
  if (interrupted.signal.aborted) process.exit(130);
  interrupted.abort();
}
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

function giveUp(error: unknown): never {
  process.exit(tellFailure(error, new Terminal(streams, process.argv.includes('--json'))));
}
process.on('uncaughtException', giveUp);
process.on('unhandledRejection', giveUp);
// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', () => process.exit(0));

/** `-` is what is piped in. */
const readFile = (path: string): string => readFileSync(path === '-' ? process.stdin.fd : path, 'utf8');
process.exit(
  await runProgram(process.argv.slice(2), { environment: process.env, streams, readFile, signal: interrupted.signal }),
);
