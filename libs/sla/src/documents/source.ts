import { AgencyError } from '@cloud-agency/errors';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, parseDocument } from 'yaml';

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
  return new Walk(document, lines, { values: 0 }).source(document.contents, '', { line: 1, column: 1 }, 0);
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
    .map((document) => new Walk(document, lines, counted).source(document.contents, '', { line: 1, column: 1 }, 0));
}

function reading(text: string) {
  if (text.length > documentLimits.characters) {
    throw new AgencyError('too-large', {
      message: `The document has ${text.length} characters; at most ${documentLimits.characters} are read.`,
    });
  }
  const lines = new LineCounter();
  return { lines, options: { lineCounter: lines, prettyErrors: false } };
}

function assertWellFormed(documents: readonly Document.Parsed[], lines: LineCounter): void {
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) throw syntaxErrors(errors, lines);
}

function syntaxErrors(errors: Document.Parsed['errors'], lines: LineCounter): AgencyError {
  const problems = errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { path: '', line, column: col, message: error.message };
  });
  const message = [
    'The document is not valid YAML or JSON:',
    ...problems.map((problem) => `  line ${problem.line}, column ${problem.column}: ${problem.message}`),
  ];
  return new AgencyError('invalid-document', { message: message.join('\n'), problems });
}

/** Copies the parsed tree with its positions; counts values, so that aliases of aliases cannot swell it. */
class Walk {
  constructor(
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
    /** Of all documents of one text. */
    private readonly counted: { values: number },
  ) {}

  source(node: unknown, path: string, parent: Position, depth: number): Source {
    this.counted.values += 1;
    if (this.counted.values > documentLimits.values || depth > documentLimits.depth) {
      throw invalid(
        parent,
        `the document is too large or nested too deeply: at most ${documentLimits.values} values, ${documentLimits.depth} levels`,
      );
    }
    const at = this.position(node, parent);
    if (isAlias(node)) return this.source(node.resolve(this.document), path, at, depth + 1);
    if (isMap(node))
      return { kind: 'mapping', path, at, entries: node.items.map((pair) => this.entry(pair.key, pair.value, path, at, depth)) };
    if (isSeq(node))
      return {
        kind: 'list',
        path,
        at,
        items: node.items.map((item, index) => this.source(item, `${path}[${index}]`, at, depth + 1)),
      };
    return scalar(node, path, at);
  }

  private entry(key: unknown, value: unknown, path: string, parent: Position, depth: number): Entry {
    const at = this.position(key, parent);
    const name = isScalar(key) ? String(key.value) : '';
    if (!isScalar(key)) throw invalid(at, 'a field name must be plain text');
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
