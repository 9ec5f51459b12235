import type { Problems } from '../problems.js';
import { type Draft, list, mapping, type MappingDraft, put, scalar } from './draft.js';
import type { ReadElement } from './element.js';
import { keepsSpace, textOf } from './tree.js';

/**
 * What WS-Agreement has no place for is written in elements of our own, which are the fields of the call document: elements inside are
 * fields, `cfp:item`s a list, text a value. An element with nothing inside has no fields, unless `cfp:empty` says `list` or `text`;
 * `cfp:text="json"` marks text that XML cannot hold, as a JSON string.
 */
export function ownValue(element: ReadElement, problems: Problems): Draft {
  for (const name of element.attributes.keys())
    if (!['cfp:empty', 'cfp:text', 'xml:space'].includes(name))
      problems.add(element, `has an unknown attribute "${name}"`, 'fields are elements');
  if (element.children.length > 0) return compound(element, problems);
  const text = textOf(element);
  if (element.attributes.get('cfp:text') === 'json') return scalar(element.at, fromJson(element, text, problems));
  if (text !== '' || keepsSpace(element)) return scalar(element.at, text);
  return nothing(element, problems);
}

function nothing(element: ReadElement, problems: Problems): Draft {
  const empty = element.attributes.get('cfp:empty') ?? 'fields';
  if (empty === 'list') return list(element.at, []);
  if (empty === 'text') return scalar(element.at, '');
  if (empty !== 'fields') problems.add(element, `cfp:empty is "${empty.slice(0, 40)}"`, 'it is fields, list or text');
  return mapping(element.at);
}

/** As ownValue, where only fields make sense. */
export function ownFields(element: ReadElement, problems: Problems): MappingDraft {
  const value = ownValue(element, problems);
  if (value.kind === 'mapping') return value;
  problems.add(element, `${element.name} holds fields: elements of the call document`);
  return mapping(element.at);
}

function compound(element: ReadElement, problems: Problems): Draft {
  if (element.text.trim() !== '') problems.add(element, `holds both text ("${element.text.trim().slice(0, 40)}") and elements`);
  const own = element.children.filter((child) => isOwn(child));
  for (const child of element.children)
    if (!isOwn(child)) problems.add(child, `${child.name} does not belong here`, 'fields are elements of the cfp namespace');
  const items = own.filter(({ name }) => name === 'cfp:item');
  if (items.length > 0) {
    if (items.length < own.length) problems.add(element, 'holds both fields and items of a list');
    return list(
      element.at,
      items.map((item) => ownValue(item, problems)),
    );
  }
  const fields = mapping(element.at);
  for (const child of own) {
    if (fields.entries.has(child.local))
      problems.add(child, `${child.name} is there twice`, 'a list is made of cfp:item elements');
    else put(fields, child.local, ownValue(child, problems), problems);
  }
  return fields;
}

const isOwn = ({ name }: ReadElement): boolean => name.startsWith('cfp:');

function fromJson(element: ReadElement, text: string, problems: Problems): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
  } catch {
    // Told below.
  }
  problems.add(element, 'is not a JSON string, though cfp:text="json" says so');
  return '';
}
