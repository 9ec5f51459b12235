import { childOf, childrenOf, escaped, type MarkupElement, parseMarkup } from '../markup.js';

/** What OpenNebula's calls are made of. */
export type RpcScalar = string | number | boolean;

/** What xmlrpc-c, the library that OpenNebula's server is built on, faults a call with (its `xmlrpc-c/base.h`). */
export class RpcFault extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'RpcFault';
  }
}

export const typeFault = (message: string): RpcFault => new RpcFault(-501, message);
export const parseFault = (message: string): RpcFault => new RpcFault(-503, message);
export const noSuchMethod = (method: string): RpcFault => new RpcFault(-506, `Method '${method}' not defined`);

export interface RpcRequest {
  readonly method: string;
  readonly params: readonly RpcScalar[];
}

/** @throws RpcFault for what is no methodCall of scalars. */
export function readCall(document: string): RpcRequest {
  const root = parseMarkup(document);
  if (root?.name !== 'methodCall') throw parseFault('Call is not valid XML. XML element should be named <methodCall>');
  const method = childOf(root, 'methodName')?.text ?? '';
  if (method === '') throw parseFault('<methodCall> has no <methodName>');
  const params = childrenOf(childOf(root, 'params'), 'param').map((param) => scalarOf(childOf(param, 'value')));
  return { method, params };
}

/** A value without a type is a string (xmlrpc.com/spec, "Scalar <value>s"). */
function scalarOf(value: MarkupElement | undefined): RpcScalar {
  if (!value) throw parseFault('<param> has no <value>');
  const [typed] = value.children;
  if (!typed) return value.text;
  const read = scalars[typed.name];
  if (!read) throw typeFault(`Value of type ${typed.name} supplied where a scalar was expected.`);
  return read(typed.text);
}

const scalars: Readonly<Record<string, (text: string) => RpcScalar>> = {
  string: (text) => text,
  int: integerOf,
  i4: integerOf,
  i8: integerOf,
  boolean: (text) => {
    if (text === '0' || text === '1') return text === '1';
    throw parseFault(`<boolean> XML element content must be either '0' or '1', not '${text}'`);
  },
};

function integerOf(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw parseFault(`'${text}' is not an integer`);
}

/** The answer of a method: true, what it found and no error; or false, why and a code. */
export const answerDocument = (success: boolean, value: string | number, code: number): string =>
  responseDocument(
    `<params><param><value><array><data>${[boolean(success), scalar(value), scalar(code)].join('')}</data></array></value></param></params>`,
  );

export const faultDocument = ({ code, message }: RpcFault): string =>
  responseDocument(
    `<fault><value><struct><member><name>faultCode</name>${scalar(code)}</member><member><name>faultString</name>${scalar(message)}</member></struct></value></fault>`,
  );

const responseDocument = (content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse>\r\n${content}\r\n</methodResponse>\r\n`;

const boolean = (value: boolean): string => `<value><boolean>${value ? 1 : 0}</boolean></value>`;

const scalar = (value: string | number): string =>
  typeof value === 'number' ? `<value><i4>${value}</i4></value>` : `<value><string>${escaped(value)}</string></value>`;
