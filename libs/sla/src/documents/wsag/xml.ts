import { AgencyError } from '@cloud-agency/errors';
import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { documentLimits, type Position } from '../source.js';
import type { ReadElement } from './element.js';
import { qualified } from './names.js';

type Growing = ReadElement & { readonly children: ReadElement[]; text: string };

/**
 * Reads XML 1.0 with namespaces. There are no entities but XML's own five, no document type, no processing instructions, and the same limits
 * as for any document.
 * @throws AgencyError invalid-document with line and column, too-large.
 */
export function readXml(text: string): ReadElement {
  if (text.length > documentLimits.characters) {
    throw new AgencyError('too-large', {
      message: `The document has ${text.length} characters; at most ${documentLimits.characters} are read.`,
    });
  }
  return new Reading().read(text);
}

class Reading {
  private readonly parser = new SaxesParser({ xmlns: true, position: true });
  private readonly open: Growing[] = [];
  private root: ReadElement | undefined;
  private values = 0;
  private start: Position = { line: 1, column: 1 };

  read(text: string): ReadElement {
    const { parser } = this;
    parser.on('error', ({ message }) => this.refuse(`it is not well-formed XML: ${message.replace(/^\S*:\d+:\d+: /, '')}`));
    parser.on('xmldecl', ({ encoding, version }) => {
      if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
        this.refuse(`it says that its encoding is ${encoding.slice(0, 40)}: send UTF-8, and say so`);
      if (version !== '1.0') this.refuse('only XML 1.0 is read');
    });
    parser.on('doctype', () => this.refuse('a document type (DOCTYPE) is not read: leave it out'));
    parser.on('processinginstruction', () => this.refuse('processing instructions are not read: leave them out'));
    parser.on('opentagstart', ({ name }) => {
      this.begin(name);
    });
    parser.on('attribute', () => {
      this.count();
    });
    parser.on('opentag', (tag) => {
      this.enter(tag);
    });
    parser.on('text', (more) => {
      this.say(more);
    });
    parser.on('cdata', (more) => {
      this.say(more);
    });
    parser.on('closetag', () => {
      this.leave();
    });
    parser.write(text).close();
    return this.root ?? this.refuse('there is no element in it');
  }

  /** What stands at the start of a tag is known only once its name has been read. */
  private begin(name: string): void {
    const { line, column } = this.parser;
    const first = column - Array.from(name).length - 1;
    this.start = first >= 1 ? { line, column: first } : { line: Math.max(1, line - 1), column: 1 };
    this.count();
    if (this.open.length >= documentLimits.depth) this.refuse(`it is nested too deeply: at most ${documentLimits.depth} levels`);
  }

  private count(): void {
    this.values += 1;
    if (this.values > documentLimits.values)
      this.refuse(`it is too large: at most ${documentLimits.values} elements and attributes`);
  }

  private enter(tag: SaxesTagNS): void {
    const name = qualified(tag.uri, tag.local);
    const parent = this.open.at(-1);
    const attributes = Object.values(tag.attributes).filter((attribute) => !isDeclaration(attribute));
    const element: Growing = {
      name,
      local: tag.local,
      path: parent ? `${parent.path}/${name}` : name,
      at: this.start,
      attributes: new Map(attributes.map(({ uri, local, value }) => [qualified(uri, local), value])),
      children: [],
      text: '',
      ordered: true,
    };
    parent?.children.push(element);
    this.root ??= element;
    this.open.push(element);
  }

  private say(more: string): void {
    const element = this.open.at(-1);
    if (element) element.text += more;
  }

  private leave(): void {
    this.open.pop();
  }

  private refuse(message: string): never {
    const { line, column } = this.parser;
    const at = { line, column: Math.max(1, column) };
    throw new AgencyError('invalid-document', {
      message: `line ${at.line}, column ${at.column}: ${message}`,
      problems: [{ path: this.open.at(-1)?.path ?? '', ...at, message }],
    });
  }
}

const isDeclaration = ({ prefix, name }: SaxesAttributeNS): boolean => prefix === 'xmlns' || name === 'xmlns';
