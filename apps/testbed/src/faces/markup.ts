import { SaxesParser } from 'saxes';

/** What an element says beside its content; a value that is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element whose content is markup already: other elements, or `escaped`. */
export function element(name: string, attributes: Attributes = {}, ...content: readonly string[]): string {
  const told = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(value ?? '')}"`)
    .join('');
  const inside = content.join('');
  return inside === '' ? `<${name}${told}/>` : `<${name}${told}>${inside}</${name}>`;
}

/** Text as the content of an element or an attribute. */
export const escaped = (text: string | number | boolean): string =>
  String(text).replace(/[&<>"]/g, (character) => entities[character] ?? character);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** An element that holds nothing but text. */
export const leaf = (name: string, text: string | number | boolean): string => element(name, {}, escaped(text));

export const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** An element as it was read: names without their prefixes. */
export interface MarkupElement {
  readonly name: string;
  /** The URI that its prefix stands for; empty without one. */
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly MarkupElement[];
  /** Its own text, without that of its children and without space around it. */
  readonly text: string;
}

interface Open {
  readonly element: Omit<MarkupElement, 'children' | 'text'>;
  readonly children: MarkupElement[];
  text: string;
}

/** The root of a document; null when it is not well-formed, or declares a document type. */
export function parseMarkup(document: string): MarkupElement | null {
  const parser = new SaxesParser({ xmlns: true });
  const top: Open = { element: { name: '', namespace: '', attributes: {} }, children: [], text: '' };
  const open = [top];
  parser.on('doctype', () => {
    throw new Error('document types are not read');
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    const told = Object.values(attributes).map(({ local: name, value }) => [name, value] as const);
    open.push({ element: { name: local, namespace: uri, attributes: Object.fromEntries(told) }, children: [], text: '' });
  });
  const hear = (text: string): void => {
    const innermost = open.at(-1);
    if (innermost) innermost.text += text;
  };
  parser.on('text', hear);
  parser.on('cdata', hear);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed) open.at(-1)?.children.push({ ...closed.element, children: closed.children, text: closed.text.trim() });
  });
  try {
    parser.write(document).close();
  } catch {
    return null;
  }
  return top.children[0] ?? null;
}

export const childrenOf = (parent: MarkupElement | undefined, name: string): readonly MarkupElement[] =>
  parent?.children.filter((child) => child.name === name) ?? [];

/** The first element at a path of names. */
export function childOf(parent: MarkupElement | undefined, ...path: readonly string[]): MarkupElement | undefined {
  return path.reduce<MarkupElement | undefined>((current, name) => childrenOf(current, name)[0], parent);
}

/** The text of a child; undefined when there is no such child. */
export const textOfChild = (element: MarkupElement | undefined, name: string): string | undefined => childOf(element, name)?.text;
