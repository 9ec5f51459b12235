import { SaxesParser } from 'saxes';

/** An element of an XML document that a client has sent. */
export interface MarkupElement {
  /** Without a namespace prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly MarkupElement[];
  /** What is written directly in it, without space around it. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: MarkupElement[];
  text: string;
}

/** The root of a well-formed document; null for anything else. */
export function parseMarkup(document: string): MarkupElement | null {
  const parser = new SaxesParser({ position: false, xmlns: false });
  const open: Open[] = [{ name: '', attributes: {}, children: [], text: '' }];
  const write = (text: string): void => {
    const current = open.at(-1);
    if (current) current.text += text;
  };
  parser.on('opentag', ({ name, attributes }) => {
    open.push({ name: localName(name), attributes: { ...attributes }, children: [], text: '' });
  });
  parser.on('text', write);
  parser.on('cdata', write);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed) open.at(-1)?.children.push({ ...closed, text: closed.text.trim() });
  });
  try {
    parser.write(document).close();
  } catch {
    return null;
  }
  return open[0]?.children[0] ?? null;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

export const childOf = (element: MarkupElement | undefined, name: string): MarkupElement | undefined =>
  element?.children.find((child) => child.name === name);

export const childrenOf = (element: MarkupElement | undefined, name: string): readonly MarkupElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];

/** The text of a child; undefined when there is no such child. */
export const textOfChild = (element: MarkupElement | undefined, name: string): string | undefined => childOf(element, name)?.text;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
