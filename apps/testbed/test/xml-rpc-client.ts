import axios from 'axios';
import { childOf, childrenOf, type MarkupElement, parseMarkup } from '../src/faces/markup.js';

/** What an XML-RPC call brought: a value, a fault, or neither. */
export interface RpcReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly value?: unknown;
  readonly fault?: { readonly faultCode: unknown; readonly faultString: string };
}

/** Calls as any XML-RPC library does. */
export async function rpc(url: string, method: string, ...params: readonly unknown[]): Promise<RpcReply> {
  const values = params.map((param) => `<param>${encoded(param)}</param>`).join('');
  return await post(
    url,
    `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`,
  );
}

export async function post(url: string, body: string, type = 'text/xml'): Promise<RpcReply> {
  const { status, headers, data } = await axios.post<string>(url, body, {
    headers: { 'content-type': type },
    validateStatus: () => true,
    proxy: false,
    responseType: 'text',
  });
  const root = parseMarkup(data) ?? undefined;
  const fault = decoded(childOf(childOf(root, 'fault'), 'value'));
  if (fault !== undefined) return { status, headers, fault: fault as NonNullable<RpcReply['fault']> };
  return { status, headers, value: decoded(childOf(childOf(childOf(root, 'params'), 'param'), 'value')) };
}

function encoded(value: unknown): string {
  return `<value>${typed(value)}</value>`;
}

function typed(value: unknown): string {
  if (typeof value === 'number') return `<int>${value}</int>`;
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === 'string') return `<string>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</string>`;
  if (Array.isArray(value)) return `<array><data>${value.map(encoded).join('')}</data></array>`;
  const members = Object.entries(value as object).map(
    ([name, member]) => `<member><name>${name}</name>${encoded(member)}</member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

const decoders: Readonly<Record<string, (element: MarkupElement) => unknown>> = {
  nil: () => null,
  boolean: ({ text }) => text === '1',
  int: ({ text }) => Number(text),
  double: ({ text }) => Number(text),
  array: (element) => childrenOf(childOf(element, 'data'), 'value').map(decoded),
  struct: (element) =>
    Object.fromEntries(
      childrenOf(element, 'member').map((member) => [childOf(member, 'name')?.text ?? '', decoded(childOf(member, 'value'))]),
    ),
};

function decoded(value: MarkupElement | undefined): unknown {
  const [element] = value?.children ?? [];
  return element ? (decoders[element.name]?.(element) ?? (element.name === 'nil' ? null : element.text)) : value?.text;
}
