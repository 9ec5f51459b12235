import { nearest } from '@cloud-agency/errors';
import type { Problems } from '../problems.js';
import type { ReadElement } from './element.js';

/** What an element of the standard may hold, as its schema says. */
export interface Shape {
  /** In this order, unless `anyOrder`; `*` is any number, `+` one or more, `?` none or one, nothing exactly one. */
  readonly children: readonly string[];
  readonly anyOrder?: boolean;
  /** With `?` where it may be missing. */
  readonly attributes?: readonly string[];
  /** Whether elements of other namespaces may follow. */
  readonly open?: boolean;
}

/** The parts of an element, by name; what is not of its shape has been told to `problems`. */
export class Parts {
  constructor(
    readonly element: ReadElement,
    /** Elements that its shape leaves open. */
    readonly others: readonly ReadElement[],
  ) {}

  all(name: string): readonly ReadElement[] {
    return this.element.children.filter((child) => child.name === name);
  }

  one(name: string): ReadElement | undefined {
    return this.all(name)[0];
  }

  attribute(name: string): string | undefined {
    return this.element.attributes.get(name);
  }
}

interface Slot {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export function partsOf(element: ReadElement, shape: Shape, problems: Problems): Parts {
  const slots = shape.children.map(slot);
  if (element.text.trim() !== '')
    problems.add(element, `holds text ("${element.text.trim().slice(0, 40)}"), but only elements belong there`);
  checkAttributes(element, (shape.attributes ?? []).map(slot), problems);
  const others = checkChildren(element, slots, shape, problems);
  for (const { name, min, max } of slots) {
    const found = element.children.filter((child) => child.name === name);
    if (found.length < min) problems.add(element, `${name} is missing`);
    const extra = found[max];
    if (extra) problems.add(extra, `${name} is there ${found.length} times; at most ${max} is allowed`);
  }
  return new Parts(element, others);
}

function slot(written: string): Slot {
  const sign = /[*+?]$/.exec(written)?.[0] ?? '';
  const name = sign ? written.slice(0, -1) : written;
  return { name, min: sign === '' || sign === '+' ? 1 : 0, max: sign === '*' || sign === '+' ? Infinity : 1 };
}

function checkChildren(element: ReadElement, slots: readonly Slot[], shape: Shape, problems: Problems): readonly ReadElement[] {
  const names = slots.map(({ name }) => name);
  const others: ReadElement[] = [];
  let reached = 0;
  for (const child of element.children) {
    const index = names.indexOf(child.name);
    if (index < 0 && shape.open && isForeign(child, element)) others.push(child);
    else if (index < 0) problems.add(child, `${child.name} does not belong into ${element.name}`, known(child.name, names));
    else if (element.ordered && !shape.anyOrder && (index < reached || others.length > 0))
      problems.add(child, `${child.name} comes too late`, orderOf(shape, names));
    reached = Math.max(reached, index);
  }
  return others;
}

const orderOf = ({ open }: Shape, names: readonly string[]): string =>
  `the order is ${names.join(', ')}${open ? ', then others' : ''}`;

const isForeign = (child: ReadElement, element: ReadElement): boolean => child.name.split(':')[0] !== element.name.split(':')[0];

function checkAttributes(element: ReadElement, slots: readonly Slot[], problems: Problems): void {
  const names = slots.map(({ name }) => name);
  for (const name of element.attributes.keys()) {
    if (names.includes(name) || name.startsWith('xml:')) continue;
    const meant = names.find((candidate) => candidate.endsWith(`:${name}`));
    const hint = meant ? `attributes are written with their namespace: ${meant}` : known(name, names);
    problems.add(element, `has an unknown attribute "${name}"`, hint);
  }
  for (const { name, min } of slots)
    if (min > 0 && !element.attributes.has(name)) problems.add(element, `the attribute ${name} is missing`);
}

function known(name: string, names: readonly string[]): string | undefined {
  const meant = nearest(name, names);
  if (meant) return `did you mean ${meant}?`;
  return names.length > 0 ? `known here: ${names.join(', ')}` : undefined;
}
