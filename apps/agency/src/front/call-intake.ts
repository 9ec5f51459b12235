import { AgencyError } from '@cloud-agency/errors';
import { cfpId, type Entity, type Registry } from '@cloud-agency/occi';
import { isXml } from '@cloud-agency/sla';
import type { EntitySource } from './entity-source.js';
import { entityTypes, isJson, mediaTypeOf, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import type { CallDesk, Submitted } from './ports.js';
import { entityForms, rendered } from './rendering.js';

const documentTypes = ['application/yaml', 'application/x-yaml', 'text/yaml', 'application/vnd.cloud-agency.cfp+json'];
const offerType = 'application/wsag+xml';

/** `POST /cfp/`: a Call for Proposals as a whole document (OCCI.md 4). */
export class CallIntake {
  constructor(
    private readonly desk: CallDesk,
    private readonly calls: Pick<EntitySource, 'get'> | undefined,
    private readonly registry: Registry,
  ) {}

  async submit(request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    const submitted = await this.desk.submit(documentIn(request), request.tenant);
    const entity = await this.calls?.get(submitted.id, request.tenant);
    const shown = withSecrets(entity ?? bare(submitted.id), submitted.webhookSecrets);
    return rendered(type, entityForms(shown, this.registry), 201, { Location: request.base + this.registry.locationOf(shown) });
  }
}

/** YAML and JSON of a document are told from OCCI renderings by the type, or by what every document begins with: its apiVersion. */
function documentIn({ headers, body }: FrontRequest): string {
  const type = mediaTypeOf(headers['content-type']);
  if (body.trim() === '')
    throw new AgencyError('invalid-request', { message: 'The body is empty; send a Call for Proposals as application/yaml.' });
  if (documentTypes.includes(type) || (type === offerType && isXml(body))) return body;
  if (type === offerType)
    throw new AgencyError('invalid-request', { message: `The body is not XML, though its Content-Type is ${offerType}.` });
  const namesVersion = isJson(type) ? /"apiVersion"\s*:/.test(body) : /^apiVersion\s*:/m.test(body);
  if (['application/json', 'text/plain', ''].includes(type) && namesVersion) return body;
  if (['application/json', 'application/occi+json', 'text/plain', 'text/occi', 'text/occi+plain', ''].includes(type)) {
    throw new AgencyError('unsupported', {
      path: '/cfp/',
      message:
        'a call cannot be made in an OCCI rendering yet. Send a document with apiVersion: cloud-agency/v1 as application/yaml or application/json.',
    });
  }
  throw new AgencyError('not-acceptable', {
    message: `A Call for Proposals cannot be read from ${type.slice(0, 60)}. Send it with Content-Type: ${[...documentTypes, offerType].join(', ')} or application/json.`,
  });
}

function withSecrets(entity: Entity, secrets: Submitted['webhookSecrets']): Entity {
  if (secrets.length === 0) return entity;
  const shown = secrets.map(({ url, secret }) => `${url} ${secret}`);
  return { ...entity, attributes: { ...entity.attributes, 'agency.cfp.webhook_secrets': shown } };
}

const bare = (id: string): Entity => ({ kind: cfpId, id, mixins: [], attributes: {}, actions: [], links: [] });
