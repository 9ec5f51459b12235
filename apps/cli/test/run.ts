import { PassThrough } from 'node:stream';
import { readFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { runProgram } from '../src/program.js';

export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  readonly url?: string;
  /** What the person types. */
  readonly typed?: string;
  readonly signal?: AbortSignal;
  readonly environment?: Record<string, string>;
  /** Sees the output as it comes. */
  readonly onOutput?: (output: string) => void;
}

/** The `agency` command as a person or a script runs it. */
export async function agency(
  args: readonly string[],
  { url, typed, signal, environment = {}, onOutput = () => undefined }: RunOptions = {},
): Promise<Outcome> {
  const streams = { input: new PassThrough(), output: new PassThrough(), errors: new PassThrough() };
  const said = { output: '', errors: '' };
  streams.output.on('data', (chunk: Buffer) => {
    said.output += chunk.toString();
    onOutput(said.output);
  });
  streams.errors.on('data', (chunk: Buffer) => {
    said.errors += chunk.toString();
  });
  streams.input.end(typed);
  const code = await runProgram(args, {
    environment: { ...environment, ...(url ? { AGENCY_URL: url } : {}) },
    streams,
    readFile: (path) => readFileSync(path, 'utf8'),
    signal: signal ?? new AbortController().signal,
  });
  streams.output.end();
  streams.errors.end();
  await Promise.all([finished(streams.output), finished(streams.errors)]);
  return { code, ...said };
}

export const jsonLines = (output: string): Record<string, unknown>[] =>
  output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
