export type FlatValue = string | number | boolean | readonly string[];
export type FlatRow = Readonly<Record<string, FlatValue>>;

export interface FlatDocument {
  readonly values: Readonly<Record<string, string | boolean>>;
  readonly rows: Readonly<Record<string, readonly FlatRow[]>>;
}

/**
 * Reads the plain part of YAML that data/testbed is written in: `name: value`, and `name:` with rows `- { name: value, … }`. A general
 * reader takes 300 ms for these files, a quarter of the time the testbed has to start; a test holds this one against it.
 * @throws Error for a line that is neither.
 */
export function readFlatYaml(text: string): FlatDocument {
  const values: Record<string, string | boolean> = {};
  const rows: Record<string, FlatRow[]> = {};
  let current: FlatRow[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, row] = /^ {2}- \{(.*)\}$/.exec(line) ?? [];
    const [, name = '', value] = /^(\w+):(?: (.+))?$/.exec(line) ?? [];
    if (row !== undefined) current.push(readRow(row));
    else if (name === '') throw new Error(`Not plain enough: ${line}`);
    else if (value !== undefined) values[name] = written(value);
    else rows[name] = current = [];
  }
  return { values, rows };
}

const written = (value: string): string | boolean => value === 'true' || value;

function readRow(text: string): FlatRow {
  const pairs = text.matchAll(/(\w+): (?:\[([^\]]*)\]|([^,]+))/g);
  return Object.fromEntries(
    [...pairs].map(([, name = '', list, scalar = '']) => [name, list?.split(', ') ?? readScalar(scalar.trim())]),
  );
}

function readScalar(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
