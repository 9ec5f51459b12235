import { escapeXml, list, parseXml, text, type XmlElement, type XmlNode } from './xml.js';
import { malformed } from './refusal.js';

/** What XML-RPC can say (xmlrpc.com/spec): int and i4, boolean, string, double, base64 and dateTime as text, array, struct. */
export type RpcValue = number | boolean | string | null | readonly RpcValue[] | { readonly [name: string]: RpcValue | undefined };

/** A number that is a double on the wire, whatever it looks like. */
export class RpcDouble {
  constructor(readonly value: number) {}
}

type RpcParam = RpcValue | RpcDouble | readonly RpcParam[] | { readonly [name: string]: RpcParam | undefined };

/** The document of a call. */
export const rpcCall = (method: string, params: readonly RpcParam[]): string =>
  `<?xml version="1.0"?><methodCall><methodName>${escapeXml(method)}</methodName><params>${params
    .map((param) => `<param><value>${encode(param)}</value></param>`)
    .join('')}</params></methodCall>`;

/** A `fault` of the other side. */
export interface RpcFault {
  readonly code: string;
  readonly message: string;
}

/** @throws VendorError unknown when the document is no methodResponse. */
export function readRpcAnswer(document: string): { readonly value: RpcValue } | { readonly fault: RpcFault } {
  const response = parseXml(document, 'methodResponse');
  const fault = child(response, 'fault');
  if (fault !== undefined) {
    const told = decode(child(fault, 'value'));
    return { fault: { code: memberText(told, 'faultCode'), message: memberText(told, 'faultString') } };
  }
  const [param] = list(response, ['params'], 'param');
  const value = param === undefined ? undefined : child(param, 'value');
  if (value === undefined) throw malformed('the XML-RPC answer has neither a value nor a fault');
  return { value: decode(value) };
}

function encode(param: RpcParam): string {
  if (param instanceof RpcDouble) return `<double>${param.value}</double>`;
  if (param === null) return '<nil/>';
  if (typeof param === 'boolean') return `<boolean>${param ? 1 : 0}</boolean>`;
  if (typeof param === 'number') return Number.isInteger(param) ? `<int>${param}</int>` : `<double>${param}</double>`;
  if (typeof param === 'string') return `<string>${escapeXml(param)}</string>`;
  if (isArray(param)) return `<array><data>${param.map((value) => `<value>${encode(value)}</value>`).join('')}</data></array>`;
  const members = Object.entries(param).flatMap(([name, value]) =>
    value === undefined ? [] : `<member><name>${escapeXml(name)}</name><value>${encode(value)}</value></member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

const isArray = (param: object): param is readonly RpcParam[] => Array.isArray(param);

/** How each type is read; what is not here (string, base64, dateTime.iso8601) is its text. */
const readers: Readonly<Record<string, (node: XmlNode) => RpcValue>> = {
  int: (node) => numberOf(written(node)),
  i4: (node) => numberOf(written(node)),
  i8: (node) => numberOf(written(node)),
  double: (node) => numberOf(written(node)),
  boolean: (node) => ['1', 'true'].includes(written(node)),
  nil: () => null,
  array: (node) => list(node, ['data'], 'value').map(decode),
  struct: (node) => structOf(node),
};

/** A value without a type is a string (xmlrpc.com/spec, "Scalar <value>s"). */
function decode(value: XmlNode | undefined): RpcValue {
  if (value === undefined || typeof value === 'string') return value ?? '';
  const [type = ''] = Object.keys(value);
  const node = child(value, type) ?? '';
  return readers[type]?.(node) ?? (type === 'nil' ? null : written(node));
}

const written = (node: XmlNode): string => (typeof node === 'string' ? node : '');

/** A member of a struct as text; empty when it is none. */
function memberText(struct: RpcValue, name: string): string {
  const member =
    typeof struct === 'object' && struct !== null && name in struct ? (struct as Record<string, RpcValue>)[name] : '';
  return typeof member === 'string' || typeof member === 'number' ? String(member) : '';
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
  throw malformed(`'${text}' is no number`);
}

const structOf = (struct: XmlNode): RpcValue =>
  Object.fromEntries(list(struct, [], 'member').map((member) => [text(member, 'name') ?? '', decode(child(member, 'value'))]));

function child(node: XmlNode | XmlElement, name: string): XmlNode | undefined {
  return list(node, [], name)[0];
}
