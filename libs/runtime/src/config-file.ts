/** Reads AGENCY_CONFIG: every mistake with its line, all at once, so that nobody has to start ten times. */
import { AgencyError, nearest, reasonOf } from '@cloud-agency/errors';
import type { TSchema } from '@sinclair/typebox';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { Value } from '@sinclair/typebox/value';
import { dirname, resolve } from 'node:path';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { type Account, AgencyConfig } from './config.js';
import { termMistakes } from './config-terms.js';
import type { Secret } from './secret.js';

export interface ConfigSource {
  /** The text of a file; throws when it cannot be read. */
  read(path: string): string;
}

interface Mistake {
  readonly line: number;
  readonly message: string;
}

const noAccounts: AgencyConfig = { accounts: [], rates: {} };

/**
 * Files named in it (price lists, secrets) are relative to the configuration file's own directory.
 * @throws AgencyError unreadable-file, or invalid-setting listing every mistake with its line.
 */
export function readConfig(path: string | undefined, source: ConfigSource): AgencyConfig {
  if (!path) return noAccounts;
  const lines = new LineCounter();
  const document = parseDocument(readText(path, source), { lineCounter: lines });
  const syntax = syntaxMistakes(document, lines);
  if (syntax.length > 0) throw mistaken(path, syntax);
  const content: unknown = { ...noAccounts, ...(document.toJS() as object | null) };
  const mistakes = [...shapeMistakes(document, lines, content)];
  if (mistakes.length > 0) throw mistaken(path, mistakes);
  const config = content as AgencyConfig;
  const meant = [
    ...doubledNames(document, lines, config.accounts),
    ...termMistakes(config).map(({ path: place, message }) => ({
      line: lineOf(document, lines, place),
      message: `${place.join('.')} is not right: ${message}.`,
    })),
  ];
  if (meant.length > 0) throw mistaken(path, meant);
  const directory = dirname(resolve(path));
  return {
    ...config,
    accounts: config.accounts.map((account) => withAbsolutePaths(account, directory)),
    ...(config.monitoring && { monitoring: withAbsoluteHeaders(config.monitoring, directory) }),
    ...(config.tokens && { tokens: config.tokens.map(({ tenant, token }) => ({ tenant, token: absolute(token, directory) })) }),
  };
}

function readText(path: string, source: ConfigSource): string {
  try {
    return source.read(path);
  } catch (cause) {
    throw new AgencyError('unreadable-file', { file: `the configuration ${path}`, reason: reasonOf(cause) }, { cause });
  }
}

function mistaken(path: string, mistakes: readonly Mistake[]): AgencyError {
  const list = [...mistakes].sort((a, b) => a.line - b.line).map(({ line, message }) => `  line ${line}: ${message}`);
  return new AgencyError('invalid-setting', {
    message: `${path} (AGENCY_CONFIG) cannot be used:\n${list.join('\n')}`,
    problems: mistakes,
  });
}

function syntaxMistakes({ errors, contents }: Document, lines: LineCounter): readonly Mistake[] {
  if (errors.length > 0)
    return errors.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, message: firstSentence(message) }));
  if (contents === null || isMap(contents)) return [];
  return [{ line: 1, message: 'the file must be settings by name, such as accounts: [].' }];
}

function* shapeMistakes(document: Document, lines: LineCounter, content: unknown): Generator<Mistake> {
  const told = new Set<string>();
  for (const error of Value.Errors(AgencyConfig, content)) {
    // A missing field is reported again for its wrong type, and a union's own error stands for those of its branches.
    if (told.has(error.path)) continue;
    told.add(error.path);
    const path = error.path.split('/').slice(1).map(unescaped);
    yield { line: lineOf(document, lines, path), message: `${path.join('.') || 'the file'} ${explained(error, path)}` };
  }
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

function explained(error: ValueError, path: readonly string[]): string {
  if (error.type === ValueErrorType.ObjectRequiredProperty) return 'is missing.';
  if (error.type === ValueErrorType.ObjectAdditionalProperties) {
    const known = fieldsBeside(path);
    const meant = nearest(path.at(-1) ?? '', known);
    return meant ? `is not known; did you mean ${meant}?` : `is not known. Known here: ${known.join(', ')}.`;
  }
  const description = (error.schema as { description?: string }).description;
  return `is not right: ${lowerFirst(error.message)}${description ? ` (${description})` : ''}.`;
}

/** The names that the schema has at the place of an unknown one. */
function fieldsBeside(path: readonly string[]): string[] {
  let schema: TSchema | undefined = AgencyConfig;
  for (const step of path.slice(0, -1)) schema = schemaOf(schema, step);
  return Object.keys((schema?.properties as object | undefined) ?? {});
}

function schemaOf(schema: TSchema | undefined, step: string): TSchema | undefined {
  if (!schema) return undefined;
  if (schema.items) return schema.items as TSchema;
  const properties = schema.properties as Record<string, TSchema> | undefined;
  const patterns = schema.patternProperties as Record<string, TSchema> | undefined;
  const branches = schema.anyOf as TSchema[] | undefined;
  return (
    properties?.[step] ?? Object.values(patterns ?? {})[0] ?? branches?.map((branch) => schemaOf(branch, step)).find(Boolean)
  );
}

/** Line of the node at `path`, of its key where there is one, or of the nearest thing around it. */
function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(steps(path.slice(0, depth - 1)), true);
    const key = isMap(parent) ? parent.items.find((pair) => String(pair.key) === path[depth - 1])?.key : undefined;
    const node = key ?? document.getIn(steps(path.slice(0, depth)), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

const steps = (path: readonly string[]): (string | number)[] => path.map((step) => (/^\d+$/.test(step) ? Number(step) : step));

function doubledNames(document: Document, lines: LineCounter, accounts: readonly Account[]): Mistake[] {
  return accounts.flatMap(({ name }, index) => {
    const first = accounts.findIndex((account) => account.name === name);
    if (first === index) return [];
    return [
      {
        line: lineOf(document, lines, ['accounts', String(index), 'name']),
        message: `accounts.${index}.name: '${name}' is the name of accounts.${first} already.`,
      },
    ];
  });
}

function withAbsolutePaths(account: Account, directory: string): Account {
  const credentials = Object.entries(account.credentials).map(([field, value]) => [field, absolute(value, directory)]);
  const prices = account.prices && !/^https?:/.test(account.prices) ? { prices: resolve(directory, account.prices) } : {};
  return { ...account, ...prices, credentials: Object.fromEntries(credentials) as Account['credentials'] };
}

function withAbsoluteHeaders(
  monitoring: NonNullable<AgencyConfig['monitoring']>,
  directory: string,
): NonNullable<AgencyConfig['monitoring']> {
  const { remote_write: remote } = monitoring;
  if (!remote?.headers) return monitoring;
  const headers = Object.entries(remote.headers).map(([name, value]) => [name, absolute(value, directory)] as const);
  return { ...monitoring, remote_write: { ...remote, headers: Object.fromEntries(headers) } };
}

const absolute = <S extends Secret>(secret: S, directory: string): S =>
  typeof secret === 'object' && 'file' in secret ? { ...secret, file: resolve(directory, secret.file) } : secret;

const firstSentence = (text: string): string => (text.split('\n')[0] ?? text).replace(/ at line \d+, column \d+:?$/, '.');
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
