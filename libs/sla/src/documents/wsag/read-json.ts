import { nearest } from '@cloud-agency/errors';
import type { Problems } from '../problems.js';
import type { Entry, Mapping, Position, Scalar, Source } from '../source.js';
import type { ReadElement } from './element.js';
import { members } from './json-names.js';
import { isRootName, namespaces } from './names.js';
import { space } from './tree.js';

/** Whether a document in JSON is one of WS-Agreement: its only element stands at its top. */
export const isTree = (source: Source): source is Mapping =>
  source.kind === 'mapping' && source.entries.some(({ name }) => isRootName(name));

/** The tree that a document in JSON is (docs/wsag.md); what is wrong with it is told to `problems`. */
export function readJson(source: Mapping, problems: Problems): ReadElement | undefined {
  const [root, ...more] = source.entries.filter(({ name }) => name !== members.comment);
  const [extra] = more;
  if (extra) problems.add(placed(extra, ''), `${extra.name} is too much`, 'one element stands at the top');
  return root && elementOf(root.name, root.value, { at: root.at, path: '' }, problems);
}

interface Where {
  readonly at: Position;
  /** Of the element around it. */
  readonly path: string;
}

type Growing = ReadElement & { readonly attributes: Map<string, string>; readonly children: ReadElement[] };

function elementOf(name: string, value: Source, { at, path: around }: Where, problems: Problems): ReadElement {
  const path = around ? `${around}/${name}` : name;
  const local = name.slice(name.lastIndexOf(name.startsWith('{') ? '}' : ':') + 1);
  const element: Growing = { name, local, path, at, attributes: new Map(), children: [], text: '', ordered: false };
  checkName(name, element, problems);
  if (value.kind === 'mapping') return filled(element, value, problems);
  if (value.kind === 'list') problems.add(element, 'is a list inside a list');
  return withText(element, value.kind === 'scalar' ? textIn(value, element, problems) : '');
}

function filled(element: Growing, { entries }: Mapping, problems: Problems): ReadElement {
  const { path, attributes, children } = element;
  const ordered = entries.some(({ name }) => name === members.inOrder);
  let text = '';
  for (const entry of entries) {
    const { name, value } = entry;
    const place = placed(entry, path);
    if (name.startsWith(members.attribute)) {
      checkName(name.slice(1), place, problems, { bare: true });
      attributes.set(name.slice(1), value.kind === 'scalar' ? textIn(value, place, problems) : notText(place, problems));
    } else if (name === members.text) text = value.kind === 'scalar' ? textIn(value, place, problems) : notText(place, problems);
    else if (name === members.inOrder) children.push(...inOrder(value, place, path, problems));
    else if (name.startsWith('#'))
      problems.add(place, `${name} means nothing here`, `known are ${members.text}, ${members.inOrder}`);
    else if (ordered) problems.add(place, `stands beside ${members.inOrder}`, 'all elements stand in it, or none');
    else children.push(...elementsOf(entry, path, problems));
  }
  return { ...withText(element, text), ordered };
}

/** One element, or each of a list. */
const elementsOf = ({ name, at, value }: Entry, path: string, problems: Problems): readonly ReadElement[] =>
  (value.kind === 'list' ? value.items : [value]).map((one) =>
    elementOf(name, one, { at: value.kind === 'list' ? one.at : at, path }, problems),
  );

function inOrder(value: Source, place: Placed, path: string, problems: Problems): readonly ReadElement[] {
  const items = value.kind === 'list' ? value.items : [];
  if (value.kind !== 'list') problems.add(place, 'is a list of objects with one element each');
  return items.flatMap((item) => {
    const [entry, ...more] = item.kind === 'mapping' ? item.entries : [];
    if (entry && more.length === 0 && entry.value.kind !== 'list') return elementsOf(entry, path, problems);
    problems.add({ path: place.path, at: item.at }, 'each object holds one element');
    return [];
  });
}

/** White space that an author of JSON wrote is meant. */
function withText(element: Growing, text: string): ReadElement {
  if (text !== text.trim()) element.attributes.set(space, 'preserve');
  return { ...element, text };
}

function textIn({ value, text }: Scalar, place: Placed, problems: Problems): string {
  if (value === null) problems.add(place, 'is null', 'leave it out, or write {} for an element with nothing inside');
  return text;
}

function notText(place: Placed, problems: Problems): string {
  problems.add(place, 'is text, a number or true or false');
  return '';
}

interface Placed {
  readonly path: string;
  readonly at: Position;
}
const placed = ({ name, at }: Entry, path: string): Placed => ({ path: path ? `${path}/${name}` : name, at });

/** There is nothing to declare prefixes with, so they are always the same. */
function checkName(name: string, place: Placed, problems: Problems, { bare = false } = {}): void {
  const prefixes = Object.keys(namespaces);
  const match = /^(?:([^:{}\s]+):)?[^:{}\s]+$/.exec(name);
  const prefix = match?.[1];
  const isKnown = match ? (prefix === undefined ? bare : prefixes.includes(prefix)) : /^\{[^{}\s]+\}[^:{}\s]+$/.test(name);
  if (isKnown) return;
  const meant = prefix === undefined ? undefined : nearest(prefix, prefixes);
  const hint = meant ? `did you mean ${meant}?` : `write one of the prefixes ${prefixes.join(', ')}, or {namespace}name`;
  problems.add(place, `"${name.slice(0, 60)}" is of no namespace that is known here`, hint);
}
