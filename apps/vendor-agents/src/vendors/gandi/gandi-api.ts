import { allPages } from '../../vendor/all-pages.js';
import type { VendorHttp } from '../../vendor/http.js';
import { type Json, text } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { rpcCall, type RpcValue } from '../../vendor/xml-rpc.js';
import { valueOf } from './errors.js';

export interface GandiAccess {
  readonly endpoint: string;
  readonly apiKey: string;
}

type Struct = Readonly<Record<string, RpcValue>>;

const pageLength = 100;

/** Gandi's XML-RPC: the key comes first (IaaS Hosting API, Connect to the API server). */
export class GandiApi {
  constructor(
    private readonly http: VendorHttp,
    private readonly access: GandiAccess,
  ) {}

  /** Asks for what can be asked twice. */
  async read(method: string, ...params: readonly RpcValue[]): Promise<Json> {
    return await this.call(method, params, true);
  }

  /** Asks for what may not be asked twice: it becomes one operation, or several. */
  async do(method: string, ...params: readonly RpcValue[]): Promise<Json> {
    return await this.call(method, params, false);
  }

  /** All pages of a list. */
  async all(method: string, filter: Struct = {}): Promise<readonly Json[]> {
    return await allPages(async (page) => {
      const rows = await this.read(method, { ...filter, items_per_page: pageLength, page });
      if (!isList(rows)) throw malformed(`${method} answered without a list`);
      return { rows };
    });
  }

  close(): void {
    this.http.close();
  }

  private async call(method: string, params: readonly RpcValue[], idempotent: boolean): Promise<Json> {
    const { endpoint, apiKey } = this.access;
    const answer = await this.http.send({
      method: 'POST',
      url: endpoint,
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: rpcCall(method, [apiKey, ...params]),
      scope: endpoint,
      idempotent,
    });
    return valueOf(answer);
  }
}

/** Gandi's numbers, which are text to the Agency. @throws VendorError not-found for what cannot be one. */
export function numberOf(vendorId: string): number {
  if (/^\d{1,9}$/.test(vendorId)) return Number(vendorId);
  throw new VendorError('not-found', `'${vendorId}' is no number of Gandi's`);
}

/** @throws VendorError malformed when there is none. */
export function idOf(thing: Json, name = 'id'): string {
  const id = text(thing, name);
  if (id === undefined) throw malformed(`the answer has no ${name}`);
  return id;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
