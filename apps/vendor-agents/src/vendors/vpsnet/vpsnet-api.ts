import type { FailureReason } from '@cloud-agency/bus';
import type { HttpCall, VendorHttp } from '../../vendor/http.js';
import { entries, field, type Json, list, text } from '../../vendor/json.js';
import { JsonApi } from '../../vendor/json-api.js';
import { malformed, type Told } from '../../vendor/refusal.js';

/** Every path ends in the one version that there is (documentation, Requesting Data). */
const version = '.api10json';

export class VpsNetApi {
  private readonly api: JsonApi;

  constructor(http: VendorHttp, endpoint: string, { email, apiKey }: { readonly email: string; readonly apiKey: string }) {
    this.api = new JsonApi(http, {
      base: endpoint.replace(/\/+$/, ''),
      headers: { authorization: `Basic ${Buffer.from(`${email}:${apiKey}`).toString('base64')}` },
      told,
    });
  }

  /** @param path without the version. */
  async call(scope: string, method: HttpCall['method'], path: string, body?: object): Promise<Json> {
    return await this.api.call({ method, path: `${path}${version}`, scope, ...(body === undefined ? {} : { body }) });
  }

  /** A list, each thing of which stands under its kind: `[{"virtual_machine": {…}}, …]`. */
  async all(scope: string, path: string, kind: string): Promise<readonly Json[]> {
    const answer = await this.call(scope, 'GET', path);
    if (!Array.isArray(answer)) throw malformed('the answer is not the list expected');
    return (answer as readonly Json[]).flatMap((entry) => field(entry, kind) ?? []);
  }
}

/** VPS.net says 406 or 403 for credentials that are none (Apache Libcloud, VPSNetResponse). */
function told(body: Json, status: number): Told {
  const message = wordsOf(field(body, 'errors')) ?? wordsOf(field(body, 'error'));
  if (status === 406 || status === 403) return { reason: 'bad-credentials', message };
  return { reason: status < 500 && status !== 404 && status !== 429 ? inWords(message ?? '') : undefined, message };
}

/** `errors` is a list of pairs of field and words, of words alone, or an object of either. */
function wordsOf(errors: Json | undefined): string | undefined {
  if (typeof errors === 'string') return errors;
  const listed = Array.isArray(errors) ? list(errors) : entries(errors).map(([name, words]) => [name, words]);
  const words = listed.map((each) =>
    Array.isArray(each)
      ? list(each)
          .flatMap((part) => text(part) ?? [])
          .join(' ')
      : text(each),
  );
  return words.filter(Boolean).join('; ') || undefined;
}

const wordings: readonly (readonly [RegExp, FailureReason])[] = [
  [/capacity|sold out|(not enough|insufficient|no) (resources|room|space|memory|disk)|cloud.*(full|unavailable)/i, 'no-capacity'],
  [/(not enough|insufficient|no) (free |available )?(nodes?|slices?)|slices?.*(available|free|enough)|quota|limit/i, 'quota'],
  [/pending|already|in progress|locked|(is|must be) (not )?(running|powered|shut)/i, 'conflict'],
];

const inWords = (message: string): FailureReason | undefined => wordings.find(([pattern]) => pattern.test(message))?.[1];
