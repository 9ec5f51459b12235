import type { FailureReason } from '@cloud-agency/bus';
import type { VendorHttp } from '../../vendor/http.js';
import { type Json, requiredList, text } from '../../vendor/json.js';
import { JsonApi, type JsonCall } from '../../vendor/json-api.js';
import { nextOf } from './mapping.js';

/** Codes that say more than their status. */
const reasons: Readonly<Record<string, FailureReason>> = {
  no_capacity: 'no-capacity',
  quota_exceeded: 'quota',
};

/** `{"error": {"code", "message"}}`, below `/regions/<region>` for all that is in one. */
export class PtcApi {
  private readonly api: JsonApi;

  constructor(http: VendorHttp, endpoint: string, token: string) {
    this.api = new JsonApi(http, {
      base: endpoint,
      headers: { authorization: `Bearer ${token}` },
      told: (body) => {
        const code = text(body, 'error', 'code');
        return { reason: reasons[code ?? ''], code, message: text(body, 'error', 'message') };
      },
    });
  }

  async global(path: string): Promise<Json> {
    return await this.api.call({ method: 'GET', path, scope: 'account' });
  }

  /** Creations carry a token, so that whatever is asked twice is done once. */
  async in(region: string, method: JsonCall['method'], path: string, body?: object): Promise<Json> {
    const call = { method, path: `/regions/${encodeURIComponent(region)}${path}`, scope: region };
    return await this.api.call(body === undefined ? call : { ...call, body });
  }

  /** All pages of a list. */
  async all(region: string, name: string, query = ''): Promise<readonly Json[]> {
    const found: Json[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.in(
        region,
        'GET',
        `/${name}?${query}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      found.push(...requiredList(page, name));
      cursor = nextOf(page);
    } while (cursor !== undefined);
    return found;
  }
}
