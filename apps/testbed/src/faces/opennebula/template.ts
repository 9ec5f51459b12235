import { escaped, type MarkupElement, parseMarkup } from '../markup.js';

/** An attribute of a template: `MEMORY = 2048`, or a vector `DISK = [ IMAGE_ID = 3, SIZE = 4096 ]`. Names are in capitals. */
export interface Attribute {
  readonly name: string;
  readonly value: string | Vector;
}
export type Vector = Readonly<Record<string, string>>;
export type Template = readonly Attribute[];

/**
 * Reads a template in either of the two ways it may be written (OpenNebula documentation, "Template syntax").
 * @throws Error with the place that is wrong.
 */
export function parseTemplate(text: string): Template {
  return text.trimStart().startsWith('<') ? fromXml(text) : new Reader(text).read();
}

function fromXml(text: string): Template {
  const root = parseMarkup(text);
  if (!root) throw new Error('Parse error: the template is not valid XML');
  return root.children.map((element) => ({ name: element.name.toUpperCase(), value: valueOf(element) }));
}

const valueOf = (element: MarkupElement): string | Vector =>
  element.children.length === 0
    ? element.text
    : Object.fromEntries(element.children.map((child) => [child.name.toUpperCase(), child.text]));

const name = /\s*([A-Za-z0-9_-]+)\s*=\s*/y;
const quoted = /"((?:[^"\\]|\\.)*)"\s*/y;
const plain = /([^\s"\[\],=#][^\n,\]#]*)/y;
const opening = /\[\s*/y;
const comma = /\s*,\s*/y;
const closing = /\s*\]\s*/y;
const nothing = /(\s|#[^\n]*)*/y;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): Template {
    const attributes: Attribute[] = [];
    for (this.skip(nothing); this.at < this.text.length; this.skip(nothing)) {
      const [, key = ''] = this.require(name, 'a name and =');
      attributes.push({ name: key.toUpperCase(), value: this.skip(opening) ? this.vector() : this.scalar() });
    }
    return attributes;
  }

  private vector(): Vector {
    const members: Record<string, string> = {};
    while (!this.skip(closing)) {
      const [, key = ''] = this.require(name, 'a name and =');
      members[key.toUpperCase()] = this.scalar();
      if (!this.skip(comma)) {
        this.require(closing, ', or ]');
        break;
      }
    }
    return members;
  }

  private scalar(): string {
    const [, inQuotes] = this.match(quoted) ?? [];
    if (inQuotes !== undefined) return inQuotes.replace(/\\(["\\])/g, '$1');
    const [, words = ''] = this.require(plain, 'a value');
    return words.trim();
  }

  private skip(pattern: RegExp): boolean {
    return this.match(pattern) !== null;
  }

  private require(pattern: RegExp, what: string): RegExpExecArray {
    const found = this.match(pattern);
    if (found) return found;
    const line = this.text.slice(0, this.at).split('\n').length;
    throw new Error(`syntax error, expecting ${what} at line ${line}`);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }
}

/** The text of a plain attribute; the last one counts. */
export function scalarOf(template: Template, wanted: string): string | undefined {
  const found = template.findLast(({ name: key, value }) => key === wanted && typeof value === 'string');
  return typeof found?.value === 'string' ? found.value : undefined;
}

export const vectorsOf = (template: Template, wanted: string): readonly Vector[] =>
  template.flatMap(({ name: key, value }) => (key === wanted && typeof value !== 'string' ? [value] : []));

/** "Declaring a field overwrites the template": whatever the second names is taken from it alone. */
export function merged(template: Template, more: Template): Template {
  const named = new Set(more.map(({ name: key }) => key));
  return [...template.filter(({ name: key }) => !named.has(key)), ...more];
}

/** As it stands inside TEMPLATE and USER_TEMPLATE of an answer. */
export const templateMarkup = (template: Template): string =>
  template
    .map(({ name: key, value }) => `<${key}>${typeof value === 'string' ? cdata(value) : vectorMarkup(value)}</${key}>`)
    .join('');

export const vectorMarkup = (vector: Vector): string =>
  Object.entries(vector)
    .map(([key, value]) => `<${key}>${cdata(value)}</${key}>`)
    .join('');

const cdata = (text: string): string => (text.includes(']]>') ? escaped(text) : `<![CDATA[${text}]]>`);
