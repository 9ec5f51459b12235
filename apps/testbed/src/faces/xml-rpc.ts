import { childOf, childrenOf, escaped, type MarkupElement, parseMarkup } from './markup.js';

/** What XML-RPC can say (xmlrpc.com/spec); a date is written as dateTime.iso8601 and read as its text. */
export type RpcValue = null | boolean | number | string | Date | readonly RpcValue[] | RpcStruct;
export interface RpcStruct {
  readonly [name: string]: RpcValue | undefined;
}

export interface RpcCall {
  readonly method: string;
  readonly params: readonly RpcValue[];
}

/** The call that a document makes; null for a document that makes none. */
export function readCall(document: string): RpcCall | null {
  const root = parseMarkup(document);
  const method = childOf(root ?? undefined, 'methodName')?.text;
  if (root?.name !== 'methodCall' || !method) return null;
  const params = childrenOf(childOf(root, 'params'), 'param').map((param) => read(childOf(param, 'value')));
  const values = params.filter((param) => param !== undefined);
  return values.length === params.length ? { method, params: values } : null;
}

export const answerDocument = (value: RpcValue): string => response(`<params><param>${written(value)}</param></params>`);

export const faultDocument = (faultCode: number | string, faultString: string): string =>
  response(`<fault>${written({ faultCode, faultString })}</fault>`);

export const isStruct = (value: RpcValue | undefined): value is RpcStruct =>
  typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Date);

export const isList = (value: RpcValue | undefined): value is readonly RpcValue[] => Array.isArray(value);

const response = (content: string): string => `<?xml version="1.0"?>\n<methodResponse>${content}</methodResponse>\n`;

const readers: Readonly<Record<string, (element: MarkupElement) => RpcValue | undefined>> = {
  string: ({ text }) => text,
  base64: ({ text }) => text,
  'dateTime.iso8601': ({ text }) => text,
  nil: () => null,
  int: ({ text }) => integer(text),
  i4: ({ text }) => integer(text),
  i8: ({ text }) => integer(text),
  double: ({ text }) => (text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined),
  boolean: ({ text }) => (text === '1' ? true : text === '0' ? false : undefined),
  array: (element) => {
    const values = childrenOf(childOf(element, 'data'), 'value').map(read);
    return values.some((value) => value === undefined) ? undefined : values.filter((value) => value !== undefined);
  },
  struct: (element) => {
    const members = childrenOf(element, 'member').map(
      (member) => [childOf(member, 'name')?.text ?? '', read(childOf(member, 'value'))] as const,
    );
    return members.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(members);
  },
};

const integer = (text: string): number | undefined => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined);

/** Undefined for what is no value. A value without a type is a string (xmlrpc.com/spec, "Scalar <value>s"). */
function read(value: MarkupElement | undefined): RpcValue | undefined {
  const [typed] = value?.children ?? [];
  return typed ? readers[typed.name]?.(typed) : value?.text;
}

const written = (value: RpcValue): string => `<value>${typed(value)}</value>`;

function typed(value: RpcValue): string {
  if (value === null) return '<nil/>';
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === 'number') return Number.isInteger(value) ? `<int>${value}</int>` : `<double>${value}</double>`;
  if (typeof value === 'string') return `<string>${escaped(value)}</string>`;
  if (value instanceof Date) return `<dateTime.iso8601>${rpcTime(value)}</dateTime.iso8601>`;
  if (isList(value)) return `<array><data>${value.map(written).join('')}</data></array>`;
  if (!isStruct(value)) return '<nil/>';
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : `<member><name>${escaped(name)}</name>${written(member)}</member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

/** `20260718T17:11:14`, UTC. */
const rpcTime = (date: Date): string => date.toISOString().slice(0, 19).replaceAll('-', '');
