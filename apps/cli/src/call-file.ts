import { AgencyError } from '@cloud-agency/errors';
import { isXml, parseCall } from '@cloud-agency/sla';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { isScalar, parseDocument, visit } from 'yaml';

export interface CallFile {
  /** The document to send. */
  readonly text: string;
  readonly name: string;
}

export type ReadFile = (path: string) => string;

/**
 * Reads a call for proposals and checks it before anything else is done. A path (~/, ./, /) as `ssh_key`, which only this machine can
 * read, becomes the first line of that file (CFP.md 1).
 * @throws AgencyError unreadable-file, and what parseCall throws.
 */
export function readCallFile(path: string, read: ReadFile): CallFile {
  const written = readable(path, read);
  const text = isXml(written) ? written : withKeys(written, dirname(resolve(path)), read);
  return { text, name: parseCall(text).call.name };
}

/** Keys are put in place without touching another character, so that a mistake is told at the line where its author sees it. */
function withKeys(text: string, directory: string, read: ReadFile): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return text;
  const replacements: { from: number; to: number; key: string }[] = [];
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || pair.key.value !== 'ssh_key' || !isScalar(pair.value)) return;
      const { value, range } = pair.value;
      if (typeof value !== 'string' || !/^(~\/|\.{1,2}\/|\/)/.test(value) || !range) return;
      replacements.push({ from: range[0], to: range[1], key: firstLine(readable(expanded(value, directory), read)) });
    },
  });
  return replacements.reduceRight(
    (whole, { from, to, key }) => `${whole.slice(0, from)}${JSON.stringify(key)}${whole.slice(to)}`,
    text,
  );
}

const expanded = (path: string, directory: string): string =>
  path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : resolve(directory, path);
const firstLine = (text: string): string => (text.split('\n')[0] ?? '').trim();

function readable(path: string, read: ReadFile): string {
  try {
    return read(path);
  } catch (cause) {
    throw new AgencyError('unreadable-file', { file: path, reason: reasonOf(cause) }, { cause });
  }
}

function reasonOf(cause: unknown): string {
  const { code } = cause as { code?: string };
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES') return 'it may not be read';
  if (code === 'EISDIR') return 'it is a directory';
  return cause instanceof Error ? cause.message : String(cause);
}
