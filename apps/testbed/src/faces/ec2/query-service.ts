import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import { Refusal } from '../../cloud/refusal.js';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import { type Mishap, mishapAt } from '../mishap.js';
import { Ec2Error } from './ec2-error.js';
import { Query } from './query.js';
import type { SignedRequest } from './signature.js';
import type { XmlFields } from './xml.js';

/** Whose request it is, and where it is meant for. */
export interface Scope {
  readonly cloud: Cloud;
  readonly region: RegionProfile;
}

/** One request, its signature checked. */
export interface QueryCall extends Scope {
  readonly testbed: Testbed;
  readonly query: Query;
}

/** A service that takes parameters in a URL or a form, and answers in XML: Amazon's query protocol, and what others have made of it. */
export interface QueryService {
  readonly testbed: Testbed;
  /** @throws Ec2Error for who is not known, or has not proved who he is. */
  readonly admit: (request: SignedRequest, query: Query) => Scope;
  /** What an action answers. @throws Ec2Error, Refusal */
  readonly perform: (call: QueryCall, action: string) => XmlFields;
  readonly words: Words;
}

/** How a service says things. */
export interface Words {
  readonly result: (told: { action: string; requestId: string; query: Query; fields: XmlFields }) => string;
  readonly error: (error: Ec2Error, requestId: string) => string;
  readonly mishap: (mishap: Mishap) => Ec2Error;
  readonly refusal: (refusal: Refusal) => Ec2Error;
}

export const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function serveQuery(app: FastifyInstance, path: string, service: QueryService): void {
  const handle = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => answer(service, request, reply);
  app.get(path, handle);
  app.post(path, handle);
}

async function answer(service: QueryService, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const requestId = service.testbed.ids.next();
  void reply.type('text/xml;charset=UTF-8');
  try {
    const told = await perform(service, request);
    return await reply.send(service.words.result({ requestId, ...told }));
  } catch (error) {
    const said = errorOf(service, error);
    return reply.code(said.status).send(service.words.error(said, requestId));
  }
}

async function perform(service: QueryService, request: FastifyRequest) {
  const { testbed } = service;
  const signed = signedRequestOf(request);
  const query = Query.parse(signed.method === 'GET' ? (signed.url.split('?', 2)[1] ?? '') : signed.body.toString());
  const { cloud, region } = service.admit(signed, query);
  const action = query.require('Action');
  testbed.requests.add(cloud.name, action);
  const mishap = await mishapAt(testbed, { cloud: cloud.name, region: region.region }, request);
  if (mishap) throw service.words.mishap(mishap);
  return { action, query, fields: service.perform({ testbed, cloud, region, query }, action) };
}

export const signedRequestOf = (request: FastifyRequest): SignedRequest => ({
  method: request.method,
  url: request.raw.url ?? '/',
  headers: request.headers,
  body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
});

function errorOf({ words }: QueryService, error: unknown): Ec2Error {
  if (error instanceof Ec2Error) return error;
  if (error instanceof Refusal) return words.refusal(error);
  throw error;
}

/** Who knocks at the clouds that wear a face, by his access key. */
export class Doorkeeper {
  private readonly clouds: ReadonlyMap<string, Cloud>;

  constructor({ clouds }: Testbed, face: string) {
    const own = [...clouds.values()].filter((cloud) => cloud.face === face);
    this.clouds = new Map(own.map((cloud) => [accessKeyOf(cloud.name).id, cloud]));
  }

  cloudOf(accessKey: string): Cloud | undefined {
    return this.clouds.get(accessKey);
  }

  secretOf = (accessKey: string): string | undefined => {
    const cloud = this.clouds.get(accessKey);
    return cloud && accessKeyOf(cloud.name).secret;
  };
}
