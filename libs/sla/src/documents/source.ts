import { AgencyError } from '@cloud-agency/errors';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseAllDocuments,
  parseDocument,
  type YAMLMap,
} from 'yaml';

/** Where something stands in the text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One value of a document, with its path (`resources.web.count`) and where it stands. */
export type Source = Mapping | List | Scalar;
export interface Mapping extends Located {
  readonly kind: 'mapping';
  readonly entries: readonly Entry[];
}
export interface List extends Located {
  readonly kind: 'list';
  readonly items: readonly Source[];
}
export interface Scalar extends Located {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written: `1.10` stays `1.10`. */
  readonly text: string;
}
export interface Entry {
  readonly name: string;
  readonly at: Position;
  readonly value: Source;
}
interface Located {
  readonly path: string;
  readonly at: Position;
}

export const documentLimits = { characters: 1024 * 1024, values: 20_000, depth: 30 } as const;

/** Reads YAML or JSON text (JSON is YAML). Throws AgencyError `invalid-document` with line and column, or `too-large`. */
export function readSource(text: string): Source {
  const { lines, options } = reading(text);
  const document = parseDocument(text, options);
  assertWellFormed([document], lines);
  return new Walk(lines, { values: 0 }).source(document.contents, '', { line: 1, column: 1 }, 0);
}

/** The same of text that may hold several documents, the limits for all of them together; those that are empty are left out. */
export function readSources(text: string): readonly Source[] {
  const { lines, options } = reading(text);
  const found = parseAllDocuments(text, options);
  const documents = Array.isArray(found) ? found : [];
  assertWellFormed(documents, lines);
  const counted = { values: 0 };
  return documents
    .filter(({ contents }) => contents !== null)
    .map(({ contents }) => new Walk(lines, counted).source(contents, '', { line: 1, column: 1 }, 0));
}

function reading(text: string) {
  if (text.length > documentLimits.characters) {
    throw new AgencyError('too-large', {
      message: `The document has ${text.length} characters; at most ${documentLimits.characters} are read.`,
    });
  }
  assertModest(text);
  const lines = new LineCounter();
  // Whether keys are unique is seen to below: the parser compares each with each.
  return { lines, options: { lineCounter: lines, prettyErrors: false, uniqueKeys: false } };
}

/** None of them can be there more often than values are. */
const indicators = [',', '-', ':', '?', '[', '{'];
const mostLines = 2 * documentLimits.values;

/**
 * Before anything is made of it: to parse is slow, and what is nonsense slower by far, so a document of the longest could hold everybody up
 * for minutes. To tell its words apart is quick.
 */
function assertModest(text: string): void {
  const counted = new Map(indicators.map((indicator) => [indicator, 0]));
  let lines = 1;
  for (const word of new Lexer().lex(text)) {
    const before = counted.get(word);
    if (before !== undefined) counted.set(word, before + 1);
    for (let at = word.indexOf('\n'); at >= 0; at = word.indexOf('\n', at + 1)) lines += 1;
    if ((before ?? 0) >= documentLimits.values || lines > mostLines) throw invalid({ line: lines, column: 1 }, tooLarge);
  }
}

const tooLarge = `the document is too large or nested too deeply: at most ${documentLimits.values} values, ${mostLines} lines, ${documentLimits.depth} levels`;
const mostProblems = 100;

function assertWellFormed(documents: readonly Document.Parsed[], lines: LineCounter): void {
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) throw syntaxErrors(errors, lines);
}

function syntaxErrors(errors: Document.Parsed['errors'], lines: LineCounter): AgencyError {
  return malformed(
    errors.slice(0, mostProblems).map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { path: '', line, column: col, message: error.message };
    }),
  );
}

function malformed(problems: readonly (Position & { readonly path: string; readonly message: string })[]): AgencyError {
  const message = [
    'The document is not valid YAML or JSON:',
    ...problems.map((problem) => `  line ${problem.line}, column ${problem.column}: ${problem.message}`),
  ];
  return new AgencyError('invalid-document', { message: message.join('\n'), problems });
}

/** Copies the parsed tree with its positions; counts values, so that aliases of aliases cannot swell it. */
class Walk {
  /** What aliases stand for: the parser would look through the whole document for each of them. */
  private readonly anchors = new Map<string, unknown>();
  private isAside = false;

  constructor(
    private readonly lines: LineCounter,
    /** Of all documents of one text. */
    private readonly counted: { values: number },
  ) {}

  source(node: unknown, path: string, parent: Position, depth: number): Source {
    this.counted.values += 1;
    if (this.counted.values > documentLimits.values || depth > documentLimits.depth) {
      throw invalid(parent, tooLarge);
    }
    const at = this.position(node, parent);
    if (isAlias(node)) return this.aside(node.source, path, at, depth);
    this.note(node);
    if (isMap(node)) return { kind: 'mapping', path, at, entries: this.entries(node, path, at, depth) };
    if (isSeq(node))
      return {
        kind: 'list',
        path,
        at,
        items: node.items.map((item, index) => this.source(item, `${path}[${index}]`, at, depth + 1)),
      };
    return scalar(node, path, at);
  }

  private note(node: unknown): void {
    const { anchor } = (node ?? {}) as { anchor?: string };
    if (anchor !== undefined && !this.isAside) this.anchors.set(anchor, node);
  }

  /** What an alias stands for, in its place: the last that was anchored by that name before it. */
  private aside(anchor: string, path: string, at: Position, depth: number): Source {
    if (!this.anchors.has(anchor)) throw invalid(at, `nothing before it is anchored by &${anchor.slice(0, 60)}`);
    const wasAside = this.isAside;
    this.isAside = true;
    const source = this.source(this.anchors.get(anchor), path, at, depth + 1);
    this.isAside = wasAside;
    return source;
  }

  private entries({ items }: YAMLMap, path: string, parent: Position, depth: number): readonly Entry[] {
    const names = new Set<string>();
    return items.map(({ key, value }) => {
      const entry = this.entry(key, value, path, parent, depth);
      if (names.has(entry.name)) throw malformed([{ path: '', ...entry.at, message: 'Map keys must be unique' }]);
      names.add(entry.name);
      return entry;
    });
  }

  private entry(key: unknown, value: unknown, path: string, parent: Position, depth: number): Entry {
    const at = this.position(key, parent);
    const name = isScalar(key) ? String(key.value) : '';
    if (!isScalar(key)) throw invalid(at, 'a field name must be plain text');
    this.note(key);
    return { name, at, value: this.source(value, path ? `${path}.${name}` : name, at, depth + 1) };
  }

  private position(node: unknown, otherwise: Position): Position {
    const offset = (node as Node | null)?.range?.[0];
    if (offset === undefined) return otherwise;
    const { line, col } = this.lines.linePos(offset);
    return { line, column: col };
  }
}

function scalar(node: unknown, path: string, at: Position): Scalar {
  const value: unknown = isScalar(node) ? node.value : null;
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  const source = isScalar(node) ? node.source : undefined;
  return { kind: 'scalar', path, at, value: plain, text: typeof value === 'string' ? value : (source ?? '') };
}

function invalid(at: Position, message: string): AgencyError {
  const problem = { path: '', line: at.line, column: at.column, message };
  return new AgencyError('invalid-document', {
    message: `line ${at.line}, column ${at.column}: ${message}`,
    problems: [problem],
  });
}

/** The document as plain values, as its author wrote it. */
export function plainValue(source: Source): unknown {
  switch (source.kind) {
    case 'mapping':
      return Object.fromEntries(source.entries.map((entry) => [entry.name, plainValue(entry.value)]));
    case 'list':
      return source.items.map(plainValue);
    case 'scalar':
      return source.value;
  }
}

/** Where a nested field stands; the nearest field around it when it is left out. */
export function positionOf(source: Source, ...path: readonly string[]): Position {
  const [name, ...rest] = path;
  const entry = source.kind === 'mapping' ? source.entries.find((candidate) => candidate.name === name) : undefined;
  if (!entry) return source.at;
  return rest.length === 0 || entry.value.kind !== 'mapping' ? entry.at : positionOf(entry.value, ...rest);
}
