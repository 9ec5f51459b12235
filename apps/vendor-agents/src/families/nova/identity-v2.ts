import type { VendorHttp } from '../../vendor/http.js';
import { field, type Json, list, parseJson, text } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { novaError } from './errors.js';
import { type Endpoint, type LogIn, renewalOf } from './keystone.js';

export interface ApiKeyAccount {
  /** Of the identity service, with or without `/v2.0`. */
  readonly endpoint: string;
  readonly username: string;
  readonly apiKey: string;
}

/** Keystone v2.0 with Rackspace's API key (Rackspace Cloud Identity API guide, "Authenticate as user with password or API key"). */
export const identityV2 =
  ({ endpoint, username, apiKey }: ApiKeyAccount, http: VendorHttp, now: () => number): LogIn =>
  async () => {
    const answer = await http.send({
      method: 'POST',
      url: `${endpoint.replace(/\/+$/, '').replace(/\/v2\.0$/, '')}/v2.0/tokens`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ auth: { 'RAX-KSKEY:apiKeyCredentials': { username, apiKey } } }),
      scope: 'keystone',
      idempotent: true,
    });
    if (answer.status !== 200 && answer.status !== 203) throw novaError(answer);
    const access = field(parseJson(answer.body), 'access');
    const token = text(access, 'token', 'id');
    if (token === undefined) throw malformed('the identity service answered without a token');
    return {
      token,
      renewAt: renewalOf(text(access, 'token', 'expires'), now()),
      catalog: list(access, 'serviceCatalog').flatMap(endpointsOf),
      project: text(access, 'token', 'tenant', 'id'),
    };
  };

/** What has no region is of the first generation, or the same everywhere: nothing that is asked for here. */
const endpointsOf = (service: Json): readonly Endpoint[] =>
  list(service, 'endpoints').flatMap((endpoint) => {
    const [region, url] = [text(endpoint, 'region'), text(endpoint, 'publicURL')];
    return region !== undefined && url !== undefined
      ? [{ type: text(service, 'type') ?? '', region: region.toLowerCase(), url }]
      : [];
  });
