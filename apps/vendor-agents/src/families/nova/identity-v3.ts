import type { VendorHttp } from '../../vendor/http.js';
import { type Json, list, parseJson, text } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { novaError } from './errors.js';
import { type Endpoint, type LogIn, renewalOf } from './keystone.js';

export interface PasswordAccount {
  /** Keystone's URL, with or without `/v3`. */
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
  readonly project: string;
  readonly userDomain: string;
  readonly projectDomain: string;
}

/** Keystone v3 with a password, scoped to a project (Identity API reference, "Password authentication with scoped authorization"). */
export const identityV3 =
  (account: PasswordAccount, http: VendorHttp, now: () => number): LogIn =>
  async () => {
    const { username, password, project, userDomain, projectDomain } = account;
    const body = {
      auth: {
        identity: { methods: ['password'], password: { user: { name: username, password, domain: { name: userDomain } } } },
        scope: { project: { name: project, domain: { name: projectDomain } } },
      },
    };
    const answer = await http.send({
      method: 'POST',
      url: `${account.endpoint.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3/auth/tokens`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      scope: 'keystone',
      idempotent: true,
    });
    if (answer.status !== 201 && answer.status !== 200) throw novaError(answer);
    const token = answer.headers['x-subject-token'];
    const content = parseJson(answer.body);
    if (token === undefined) throw malformed('Keystone answered without an X-Subject-Token');
    return {
      token,
      renewAt: renewalOf(text(content, 'token', 'expires_at'), now()),
      catalog: list(content, 'token', 'catalog').flatMap(endpointsOf),
      project: text(content, 'token', 'project', 'id'),
    };
  };

/** A catalog from before Keystone v3's `region_id` has `region` only. */
const endpointsOf = (service: Json): readonly Endpoint[] =>
  list(service, 'endpoints').flatMap((endpoint) => {
    const [region, url] = [text(endpoint, 'region_id') ?? text(endpoint, 'region'), text(endpoint, 'url')];
    const isPublic = text(endpoint, 'interface') === 'public';
    return region !== undefined && url !== undefined && isPublic ? [{ type: text(service, 'type') ?? '', region, url }] : [];
  });
