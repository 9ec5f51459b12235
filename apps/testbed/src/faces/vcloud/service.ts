import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import { passwordOf } from '../credentials.js';
import type { KeptThings } from '../../cloud/kept-things.js';
import { childOf, declaration, type MarkupElement, parseMarkup } from '../markup.js';
import { mishapAt } from '../mishap.js';
import { basicCredentials, bodyText, originOf } from '../request.js';
import { organizationName, regionOfVdc, types } from './names.js';
import type { CatalogItem, Task, VApp } from './things.js';
import { asVCloudError, badRequest, errorDocument, mishapError, namespace, unauthorized, VCloudError } from './vcloud-error.js';
import { instanceOf } from './vapps.js';

/** What the face keeps beside the instances. */
export interface Keeping {
  readonly vApps: KeptThings<VApp>;
  readonly tasks: KeptThings<Task>;
  readonly items: KeptThings<CatalogItem>;
}

/** What a handler works in. */
export interface Setting {
  readonly testbed: Testbed;
  readonly keeping: Keeping;
  readonly cloud: Cloud;
  /** What every href begins with, e.g. `http://127.0.0.1:40123/vcloud/api`. */
  readonly base: string;
}

/** A request whose token is good. */
export interface Call extends Setting {
  /** From the path; empty where it has none. */
  readonly id: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly token: string;
  /**
   * The root of the body, which must be of this media type, be called so and hold nothing but these elements in this order, as the schema
   * has it. @throws VCloudError 400, 415
   */
  body(type: string, root: string, children?: readonly string[]): MarkupElement;
}

export interface Answer {
  readonly status?: number;
  readonly type?: string;
  /** A document without its declaration. */
  readonly markup?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Answer;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The vCloud of one cloud: its routes lie below `/<cloud>/api`. */
export class Service {
  constructor(
    private readonly app: FastifyInstance,
    private readonly parts: Omit<Setting, 'base'>,
  ) {}

  get(path: string, handler: Handler): void {
    this.route('GET', path, (request) => handler(this.admitted(request)));
  }

  post(path: string, handler: Handler): void {
    this.route('POST', path, (request) => handler(this.admitted(request)));
  }

  put(path: string, handler: Handler): void {
    this.route('PUT', path, (request) => handler(this.admitted(request)));
  }

  delete(path: string, handler: Handler): void {
    this.route('DELETE', path, (request) => handler(this.admitted(request)));
  }

  /** What is there for everybody. */
  open(path: string, handler: (setting: Setting) => Answer): void {
    this.route('GET', path, (request) => handler(this.setting(request)));
  }

  /** The one request with a password. */
  login(path: string, handler: (setting: Setting) => Answer): void {
    this.route('POST', path, (request) => {
      const { username, password } = passwordOf(this.parts.cloud.name);
      const given = basicCredentials(request);
      if (given?.user !== `${username}@${organizationName}` || given.password !== password) throw unauthorized();
      return handler(this.setting(request));
    });
  }

  private route(method: Method, path: string, handle: (request: FastifyRequest) => Answer): void {
    this.app.route({
      method,
      url: `/${this.parts.cloud.name}/api${path}`,
      handler: async (request, reply) => {
        try {
          await this.heed(`${method} ${path}`, request);
          if (path !== '/versions') expectVersion(request);
          return await send(reply, handle(request));
        } catch (error) {
          return await sendError(reply, asVCloudError(error));
        }
      },
    });
  }

  private async heed(action: string, request: FastifyRequest): Promise<void> {
    const { testbed, cloud } = this.parts;
    testbed.requests.add(cloud.name, action);
    const region = this.regionOf((request.params as { id?: string }).id ?? '');
    const mishap = await mishapAt(testbed, { cloud: cloud.name, ...(region === undefined ? {} : { region }) }, request);
    if (mishap) throw mishapError(mishap);
  }

  private regionOf(id: string): string | undefined {
    return regionOfVdc(this.parts.cloud, id) ?? instanceOf(this.parts, id)?.region;
  }

  private setting(request: FastifyRequest): Setting {
    return { ...this.parts, base: `${originOf(request)}/${this.parts.cloud.name}/api` };
  }

  private admitted(request: FastifyRequest): Call {
    const { testbed, cloud } = this.parts;
    const token = String(request.headers['x-vcloud-authorization'] ?? '');
    if (!testbed.sessions.isValid(token, cloud.name)) throw unauthorized();
    const { id = '', key = '' } = request.params as { id?: string; key?: string };
    const query = new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? '');
    const body = (type: string, root: string, children?: readonly string[]): MarkupElement =>
      readBody(request, type, root, children);
    return { ...this.setting(request), id, key, query, token, body };
  }
}

/** 1.5, "vCloud API REST Requests": every request but that for the versions names the one it wants. */
function expectVersion({ headers }: FastifyRequest): void {
  if (
    !/application\/\*\+xml\s*;\s*version=1\.5/.test(headers.accept ?? '') &&
    !/\+xml\s*;\s*version=1\.5/.test(headers.accept ?? '')
  )
    throw new VCloudError(406, 'NOT_ACCEPTABLE', `The request has invalid accept header: ${headers.accept ?? '(none)'}.`);
}

function readBody(request: FastifyRequest, type: string, root: string, children?: readonly string[]): MarkupElement {
  const given = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (given !== type.toLowerCase())
    throw new VCloudError(415, 'UNSUPPORTED_MEDIA_TYPE', `The content type must be ${type}, not ${given || '(none)'}.`);
  const read = parseMarkup(bodyText(request));
  if (read?.name !== root) throw badRequest(`The request body is no ${root}.`);
  if (root !== 'Item' && read.namespace !== namespace)
    throw badRequest(`cvc-elt.1: Cannot find the declaration of element '${root}'.`);
  if (children) expectOrder(read, children);
  return read;
}

/** The schema is made of sequences. */
export function expectOrder(parent: MarkupElement, names: readonly string[]): void {
  const places = parent.children.map(({ name }) => names.indexOf(name));
  const wrong = places.findIndex((place, index) => place < 0 || place < (places[index - 1] ?? 0));
  if (wrong >= 0)
    throw badRequest(
      `cvc-complex-type.2.4.a: Invalid content was found starting with element '${parent.children[wrong]?.name ?? ''}'. ` +
        `One of '{${names.join(', ')}}' is expected, in this order.`,
    );
}

/** Where a reference in a body leads: the last part of its path. */
export const referred = (parent: MarkupElement, ...path: readonly string[]): string =>
  (childOf(parent, ...path)?.attributes.href ?? '').replace(/\/+$/, '').split('/').at(-1) ?? '';

function send(reply: FastifyReply, { status = 200, type, markup, headers = {} }: Answer): FastifyReply {
  void reply.code(status).headers({ ...headers });
  if (markup === undefined) return reply.send();
  return reply.type(`${type ?? 'application/*+xml'};version=1.5`).send(declaration + markup);
}

function sendError(reply: FastifyReply, error: VCloudError): FastifyReply {
  if (error.retryAfter !== undefined) void reply.header('retry-after', String(error.retryAfter));
  void reply.code(error.status);
  if (error.status === 401) return reply.header('www-authenticate', 'Basic realm="VMware vCloud API"').send();
  return reply.type(`${types.error};version=1.5`).send(errorDocument(error));
}
