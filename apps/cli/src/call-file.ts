import { AgencyError, reasonOf } from '@cloud-agency/errors';
import { checkOpenSlo, isXml, parseCall, withItem } from '@cloud-agency/sla';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { isScalar, parseAllDocuments, visit } from 'yaml';

export interface CallFile {
  /** The document to send. */
  readonly text: string;
  readonly name: string;
}

/** A file of OpenSLO that goes with a call; `of` is the item that its objectives are of where they do not say so themselves. */
export interface Objectives {
  readonly file: string;
  readonly of?: string;
}

export type ReadFile = (path: string) => string;

/**
 * Reads a call for proposals and checks it before anything else is done. A path (~/, ./, /) as `ssh_key`, which only this machine can
 * read, becomes the first line of that file (CFP.md 1).
 * @throws AgencyError unreadable-file, and what parseCall throws.
 */
export function readCallFile(path: string, read: ReadFile, objectives?: Objectives): CallFile {
  const written = readable(path, read);
  const call = isXml(written) ? written : withKeys(written, dirname(resolve(path)), read);
  if (objectives && isXml(call))
    throw new AgencyError('invalid-request', {
      message: 'OpenSLO goes with a call in YAML or JSON; an offer says what it promises itself.',
    });
  const text = objectives ? `${call.trimEnd()}\n---\n${readObjectives(objectives, read)}` : call;
  return { text, name: parseCall(text).call.name };
}

/** Checked by itself first: so its mistakes are told at its own lines. */
function readObjectives({ file, of }: Objectives, read: ReadFile): string {
  const text = readable(file, read);
  checkOpenSlo(text);
  return of === undefined ? text : withItem(text, of);
}

/** Keys are put in place without touching another character, so that a mistake is told at the line where its author sees it. */
function withKeys(text: string, directory: string, read: ReadFile): string {
  const found = parseAllDocuments(text);
  const documents = Array.isArray(found) ? found : [];
  if (documents.some(({ errors }) => errors.length > 0)) return text;
  const replacements: { from: number; to: number; key: string }[] = [];
  const visitor: Parameters<typeof visit>[1] = {
    Pair(_, pair) {
      if (!isScalar(pair.key) || pair.key.value !== 'ssh_key' || !isScalar(pair.value)) return;
      const { value, range } = pair.value;
      if (typeof value !== 'string' || !/^(~\/|\.{1,2}\/|\/)/.test(value) || !range) return;
      replacements.push({ from: range[0], to: range[1], key: firstLine(readable(expanded(value, directory), read)) });
    },
  };
  for (const document of documents) visit(document, visitor);
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
    throw new AgencyError('unreadable-file', { file: path, reason: whyUnread(cause) }, { cause });
  }
}

function whyUnread(cause: unknown): string {
  const { code } = cause as { code?: string };
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES') return 'it may not be read';
  if (code === 'EISDIR') return 'it is a directory';
  return reasonOf(cause);
}
