import { allPages } from '../../vendor/all-pages.js';
import type { HttpAnswer, VendorHttp } from '../../vendor/http.js';
import { type Json, text } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { rpcCall, type RpcValue } from '../../vendor/xml-rpc.js';
import { valueOf } from './errors.js';

export interface SoftLayerAccess {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly username: string;
  readonly apiKey: string;
}

type Struct = Readonly<Record<string, RpcValue>>;

export interface SoftLayerCall {
  /** Without its `SoftLayer_`. */
  readonly service: string;
  readonly method: string;
  /** The object that it is asked of. */
  readonly id?: number;
  readonly args?: readonly RpcValue[];
  readonly mask?: string;
  readonly filter?: Struct;
}

const pageLength = 100;

/** SoftLayer's XML-RPC: headers come first of all parameters, among them who asks and what of (SLDN, Using XML-RPC). */
export class SoftLayerApi {
  constructor(
    private readonly http: VendorHttp,
    private readonly access: SoftLayerAccess,
  ) {}

  /** Asks for what can be asked twice. */
  async read(call: SoftLayerCall): Promise<Json> {
    return valueOf(await this.send(call, {}, true));
  }

  /** Asks for what may not be asked twice. */
  async do(call: SoftLayerCall): Promise<Json> {
    return valueOf(await this.send(call, {}, false));
  }

  /** All pages of a list. */
  async all(call: SoftLayerCall): Promise<readonly Json[]> {
    return await allPages(async (_page, offset) => {
      const answer = await this.send(call, { resultLimit: { limit: pageLength, offset } }, true);
      const rows: Json = valueOf(answer);
      if (!isList(rows)) throw malformed(`${call.method} answered without a list`);
      return { rows, total: totalOf(answer) };
    });
  }

  close(): void {
    this.http.close();
  }

  private async send(call: SoftLayerCall, more: Struct, idempotent: boolean): Promise<HttpAnswer> {
    const { endpoint } = this.access;
    const service = `SoftLayer_${call.service}`;
    return await this.http.send({
      method: 'POST',
      url: `${endpoint}/${service}`,
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: rpcCall(call.method, [{ headers: { ...this.headersOf(service, call), ...more } }, ...(call.args ?? [])]),
      scope: endpoint,
      idempotent,
    });
  }

  private headersOf(service: string, { id, mask, filter }: SoftLayerCall): Struct {
    const { username, apiKey } = this.access;
    return {
      authenticate: { username, apiKey },
      ...(id === undefined ? {} : { [`${service}InitParameters`]: { id } }),
      ...(mask === undefined ? {} : { SoftLayer_ObjectMask: { mask: `mask[${mask}]` } }),
      ...(filter === undefined ? {} : { [`${service}ObjectFilter`]: filter }),
    };
  }
}

/** How many there are in all, page or not (softlayer-python, transports/xmlrpc.py). */
function totalOf({ headers }: HttpAnswer): number | undefined {
  const total = Number(headers['softlayer-total-items'] ?? Number.NaN);
  return Number.isInteger(total) ? total : undefined;
}

/** SoftLayer's numbers, which are text to the Agency. @throws VendorError not-found for what cannot be one. */
export function numberOf(vendorId: string): number {
  if (/^\d{1,9}$/.test(vendorId)) return Number(vendorId);
  throw new VendorError('not-found', `'${vendorId}' is no number of SoftLayer's`);
}

/** @throws VendorError malformed when there is none. */
export function idOf(thing: Json, name = 'id'): string {
  const id = text(thing, name);
  if (id === undefined) throw malformed(`the answer has no ${name}`);
  return id;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
