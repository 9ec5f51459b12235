import { AgencyError } from '@cloud-agency/errors';
import { cfpId, type Entity, parsedJson, type Registry, renegotiationId } from '@cloud-agency/occi';
import { isWsagJson, isXml } from '@cloud-agency/sla';
import type { EntitySource } from './entity-source.js';
import { contentType, entityTypes, mediaTypeOf, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import type { CallDesk, Submitted } from './ports.js';
import { entityForms, rendered } from './rendering.js';
import { wsagTypes } from './sources/wsag-types.js';

export const documentTypes = [
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'application/vnd.cloud-agency.cfp+json',
  ...wsagTypes,
];

type Shown = Pick<EntitySource, 'get' | 'documents'>;

/** `POST /cfp/`: a Call for Proposals as a whole document (OCCI.md 4), or what is to become of a running agreement. */
export class CallIntake {
  constructor(
    private readonly desk: CallDesk,
    private readonly calls: Shown | undefined,
    private readonly renegotiations: Shown | undefined,
    private readonly registry: Registry,
  ) {}

  /**
   * Whether a request brings a whole document rather than a call in an OCCI rendering: by its type, or by what every document begins with: its
   * apiVersion, or the root of an offer. Nothing at all is taken for a document, as what it asks for is one.
   */
  takes({ headers, body }: FrontRequest): boolean {
    const type = mediaTypeOf(headers['content-type']);
    if (documentTypes.includes(type)) return true;
    if (body.trim() === '') return !('category' in headers);
    if (type === 'application/json') return namesVersion(body) || isWsagJson(body);
    return (type === 'text/plain' || type === '') && /^apiVersion\s*:/m.test(body);
  }

  async submit(request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, [...entityTypes, ...(this.calls?.documents?.types ?? [])]);
    const submitted = await this.desk.submit(documentIn(request), request.tenant);
    const source = this.shownBy(submitted);
    const entity = await source?.get(submitted.id, request.tenant);
    const shown = withSecrets(entity ?? bare(submitted), submitted.webhookSecrets);
    const location = { Location: request.base + this.registry.locationOf(shown) };
    const forms = entityForms(shown, this.registry);
    if (entityTypes.includes(type)) return rendered(type, forms, 201, location);
    // What is told only once is no part of the document: it is in the headers, as all that OCCI says.
    const inHeaders = rendered('text/occi', forms, 201, location);
    const body = (await source?.documents?.of(submitted.id, type, request.tenant)) ?? '';
    return { ...inHeaders, type: contentType(type), body };
  }

  private shownBy({ as }: Submitted): Shown | undefined {
    return as === 'cfp' ? this.calls : this.renegotiations;
  }
}

/** At the top: a call in an OCCI rendering has a document inside. What is no JSON is told so by whoever reads documents, with line and column. */
function namesVersion(body: string): boolean {
  try {
    const value = parsedJson(body);
    return typeof value === 'object' && value !== null && Object.hasOwn(value, 'apiVersion');
  } catch {
    return /"apiVersion"\s*:/.test(body);
  }
}

/** What is no JSON at all is told so with line and column. */
function isOtherJson(body: string): boolean {
  try {
    return !isWsagJson(JSON.stringify(parsedJson(body)));
  } catch {
    return !/^\s*\{/.test(body);
  }
}

function documentIn({ headers, body }: FrontRequest): string {
  const type = mediaTypeOf(headers['content-type']);
  const other = type === 'application/wsag+xml' ? !isXml(body) : type === 'application/wsag+json' && isOtherJson(body);
  if (other)
    throw new AgencyError('invalid-request', {
      message: `The body is not ${type.endsWith('xml') ? 'XML' : 'an offer in JSON'}, though its Content-Type is ${type}.`,
    });
  if (body.trim() !== '') return body;
  throw new AgencyError('invalid-request', { message: 'The body is empty; send a Call for Proposals as application/yaml.' });
}

/** What is told once, to the one who submitted. */
export function withSecrets(entity: Entity, secrets: Submitted['webhookSecrets']): Entity {
  if (secrets.length === 0) return entity;
  const shown = secrets.map(({ url, secret }) => `${url} ${secret}`);
  return { ...entity, attributes: { ...entity.attributes, 'agency.cfp.webhook_secrets': shown } };
}

const bare = ({ id, as }: Submitted): Entity => ({
  kind: as === 'cfp' ? cfpId : renegotiationId,
  id,
  mixins: [],
  attributes: {},
  actions: [],
  links: [],
});
