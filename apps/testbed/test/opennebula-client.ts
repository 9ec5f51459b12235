import type { Account } from '@cloud-agency/runtime';
import axios from 'axios';
import { XMLParser } from 'fast-xml-parser';
import { credentialOf, endpointOf, until } from './harness.js';

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => ['param', 'VM', 'IMAGE', 'VNET', 'VMTEMPLATE', 'CLUSTER', 'DISK', 'NIC', 'AR', 'MONITORING'].includes(name),
});

/** What a document says; every value is text. */
export type Document = Record<string, never> & Record<string, unknown>;

export type Argument = string | number | boolean;

export interface OneAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly ok?: boolean;
  readonly value?: string;
  readonly code?: number;
  /** `faultCode` where the server faults. */
  readonly fault?: number;
}

/** An OpenNebula of the testbed, spoken to as XML-RPC clients do. */
export class OneClient {
  constructor(readonly account: Account) {}

  get session(): string {
    return `${credentialOf(this.account, 'username')}:${credentialOf(this.account, 'password')}`;
  }

  async call(method: string, ...args: readonly Argument[]): Promise<OneAnswer> {
    return await this.callAs(this.session, method, ...args);
  }

  async callAs(session: string, method: string, ...args: readonly Argument[]): Promise<OneAnswer> {
    const params = [session, ...args].map((arg) => `<param><value>${encode(arg)}</value></param>`).join('');
    return await this.post(
      `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`,
    );
  }

  async post(body: string, type = 'text/xml'): Promise<OneAnswer> {
    const { status, headers, data } = await axios.post<string>(endpointOf(this.account), body, {
      headers: { 'content-type': type },
      validateStatus: () => true,
      proxy: false,
      responseType: 'text',
    });
    const plain = { status, headers };
    const [, fault] = /<name>faultCode<\/name><value><i4>(-?\d+)/.exec(data) ?? [];
    if (fault !== undefined) return { ...plain, fault: Number(fault) };
    const values = [...data.matchAll(/<value><(boolean|string|i4)>([\s\S]*?)<\/\1><\/value>/g)].map(([, , text = '']) => text);
    if (values.length !== 3) return plain;
    const value = (values[1] ?? '')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, '&');
    return { ...plain, ok: values[0] === '1', value, code: Number(values[2]) };
  }

  /** The id of what a call has made. */
  async made(method: string, ...args: readonly Argument[]): Promise<number> {
    const { ok, value } = await this.call(method, ...args);
    if (ok !== true) throw new Error(`${method}: ${String(value)}`);
    return Number(value);
  }

  /** The document that a call answers with, without its root. */
  async document(method: string, ...args: readonly Argument[]): Promise<Document> {
    const { ok, value = '' } = await this.call(method, ...args);
    if (ok !== true) throw new Error(`${method}: ${value}`);
    return Object.values(parser.parse(value) as Record<string, unknown>).flat()[0] as Document;
  }

  vm(id: number): Promise<Document> {
    return this.document('one.vm.info', id);
  }

  /** Asks until the machine is in a state, e.g. `3/3` for ACTIVE and RUNNING. */
  async inState(id: number, wanted: string): Promise<Document> {
    return await until(
      () => this.vm(id),
      ({ STATE, LCM_STATE }) => `${String(STATE)}/${String(LCM_STATE)}` === wanted,
    );
  }
}

function encode(arg: Argument): string {
  if (typeof arg === 'number') return `<int>${arg}</int>`;
  if (typeof arg === 'boolean') return `<boolean>${arg ? 1 : 0}</boolean>`;
  return `<string>${arg.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')}</string>`;
}
