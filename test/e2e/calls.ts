/** Calls for proposals that the end-to-end tests submit: small variations on the web shop. */
export interface ShopOptions {
  readonly name: string;
  readonly webs?: number;
  readonly hooks?: { readonly url: string; readonly secret: string; readonly events?: readonly string[] };
  readonly accept?: 'manual' | 'best';
  readonly region?: string;
  readonly guarantees?: string;
  readonly reactions?: string;
  readonly budget?: string;
  readonly acceptUpTo?: string;
}

export function shop(options: ShopOptions): string {
  const {
    name,
    webs = 2,
    hooks,
    accept = 'manual',
    region = '{ continent: [EU] }',
    budget = '900 USD/month',
    acceptUpTo = '50 %',
  } = options;
  return `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources:
  web:
    kind: compute
    count: ${String(webs)}
    require: { cores: ">= 2", memory: ">= 4 GiB", architecture: x64, image: debian-12, region: ${region} }
    place: { spread: { over: region, at_most: 1 } }
  db:
    kind: compute
    require: { cores: ">= 4", memory: ">= 16 GiB", architecture: x64, region: ${region} }
    place: { apart_from: [web], over: zone }
budget: { at_most: ${budget} }
select:
  policy: weighted
  objectives:
    - { minimise: cost, weight: 6 }
    - { maximise: availability, weight: 3 }
  proposals: 3
negotiate: { reply_by: 3 s, accept: ${accept}, accept_up_to: ${acceptUpTo} }
probes:
  - { of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 2 }
  - { of: db, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 2 }
guarantees:
${options.guarantees ?? '  - { term: availability, of: web, as: group, min_up: 1, at_least: 99.9 %, over: 30 d }'}
reactions:
${options.reactions ?? '  - { on: resource.down, do: replace, at_most: "3 per 1 h" }'}
${hooks ? `notify:\n  - { url: "${hooks.url}", secret: "${hooks.secret}", events: ${JSON.stringify(hooks.events ?? ['*'])} }` : ''}
`;
}

export const webhookSecret = `whsec_${Buffer.from('a secret for the tests only').toString('base64')}`;
