import type { FailureReason } from '@cloud-agency/bus';
import type { HttpCall, VendorHttp } from '../../vendor/http.js';
import { entries, field, type Json, number, requiredList, text } from '../../vendor/json.js';
import { JsonApi } from '../../vendor/json-api.js';
import { malformed, reasonOfStatus, type Told } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';

interface RimuCall {
  readonly scope: string;
  readonly method: HttpCall['method'];
  /** With its matrix parameters, e.g. `/orders;include_inactive=N`. */
  readonly path: string;
  readonly body?: object;
  readonly idempotent?: boolean;
}

/**
 * RimuHosting's JSON over HTTP. Every answer has one root, of whatever name, that says by `response_type` whether it is one of success:
 * a refusal may come with HTTP 200 (jaxbdocs, JAXRSResponse).
 */
export class RimuHostingApi {
  private readonly api: JsonApi;

  constructor(http: VendorHttp, endpoint: string, apiKey: string) {
    this.api = new JsonApi(http, {
      base: endpoint.replace(/\/+$/, ''),
      headers: { authorization: `rimuhosting apikey=${apiKey}` },
      told: (body, status) => toldBy(rootOf(body), status),
    });
  }

  /** What is under the root. @throws VendorError as it tells, or unknown for what is no such document. */
  async call(call: RimuCall): Promise<Json> {
    const root = rootOf(await this.api.call(call));
    const type = text(root, 'response_type');
    if (root === undefined || type === undefined) throw malformed('the answer has no response_type under its root');
    if (type === 'OK') return root;
    const { reason = 'unknown', code, message } = toldBy(root, number(root, 'status_code') ?? 400);
    throw new VendorError(reason, message ?? 'RimuHosting refuses and does not say why', code === undefined ? {} : { code });
  }

  async all(scope: string, path: string, name: string): Promise<readonly Json[]> {
    return requiredList(await this.call({ scope, method: 'GET', path }), name);
  }
}

const rootOf = (body: Json): Json | undefined => entries(body)[0]?.[1];

/** jaxbdocs, IErrorInfo. The words come before the status: nearly everything that cannot be had is an error without a code of its own. */
function toldBy(root: Json | undefined, status: number): Told {
  const message = text(root, 'error_info', 'human_readable_message') ?? text(root, 'human_readable_message');
  const code = text(root, 'error_info', 'error_class');
  if (field(root, 'response_type') === undefined) return {};
  return { reason: reasonOf(`${code ?? ''} ${message ?? ''}`, status), code, message };
}

const wordings: readonly (readonly [RegExp, FailureReason])[] = [
  [/quota|limit|too many (servers|orders|vms|vpss)|maximum number/i, 'quota'],
  [/capacity|sold out|no (suitable )?host|(not enough|insufficient) (free )?(memory|disk|space|resources)/i, 'no-capacity'],
  [/not found|no such|does not exist|could not find|cannot find|already (cancelled|deleted)/i, 'not-found'],
  [/already|is not running|in progress|being (set up|changed|deleted|moved|restarted)|busy|currently/i, 'conflict'],
];

/** RimuHosting says 403 for a key that is none (Apache Libcloud, drivers/rimuhosting.py, RimuHostingResponse). */
function reasonOf(words: string, status: number): FailureReason {
  if (status === 401 || status === 403) return 'bad-credentials';
  if (status === 429 || status >= 500) return reasonOfStatus(status);
  const worded = wordings.find(([pattern]) => pattern.test(words))?.[1];
  return worded ?? (status >= 400 ? reasonOfStatus(status) : 'invalid-request');
}
