import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import { passwordOf } from '../credentials.js';
import type { KeptThings } from '../../cloud/kept-things.js';
import { declaration, type MarkupElement, parseMarkup } from '../markup.js';
import { mishapAt } from '../mishap.js';
import { basicCredentials, bodyText, originOf } from '../request.js';
import {
  asExpressError,
  badRequest,
  errorPage,
  type ExpressError,
  mishapError,
  notFound,
  unauthorized,
} from './express-error.js';
import { namespace, regionOfVdc } from './names.js';
import type { Task } from './tasks.js';

/** What a handler works in. */
export interface Setting {
  readonly testbed: Testbed;
  readonly tasks: KeptThings<Task>;
  readonly cloud: Cloud;
  /** What every href begins with, e.g. `http://127.0.0.1:40123/terremark/api/v0.8`. */
  readonly base: string;
}

export interface Call extends Setting {
  /** From the path; empty where it has none. */
  readonly id: string;
  /** The root of the body, which must be of this media type and called so. @throws ExpressError 400 */
  body(type: string, root: string): MarkupElement;
}

export interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly markup?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Handler = (call: Call) => Answer;

/** One thing that can be asked for; a path holds at most one `:id`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly handle: Handler;
}

const cookie = 'vcloud-token';

/** The service of one cloud below `/<cloud>/api/v0.8`. Its web server minds no capitals in paths: clients write vapp and vApp. */
export function serveExpress(app: FastifyInstance, parts: Omit<Setting, 'base'>, routes: readonly Route[]): void {
  const root = `/${parts.cloud.name}/api/v0.8`;
  app.route({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: `${root}/*`,
    handler: async (request, reply) => {
      try {
        return await send(reply, await answer(request, { ...parts, base: originOf(request) + root }, routes));
      } catch (error) {
        return await sendError(reply, asExpressError(error));
      }
    },
  });
}

async function answer(request: FastifyRequest, setting: Setting, routes: readonly Route[]): Promise<Answer> {
  const { testbed, cloud, base } = setting;
  const { '*': path } = request.params as { '*': string };
  const { route, id } = routeOf(routes, request.method, `/${path.replace(/\/+$/, '')}`);
  testbed.requests.add(cloud.name, `${request.method} ${route?.path ?? '?'}`);
  await heed(request, setting, regionOfVdc(cloud, id) ?? testbed.fleet.get(id)?.region);
  if (!mayAsk(request, setting, route)) throw unauthorized();
  if (!route) throw notFound(base);
  return route.handle({ ...setting, id, body: (type, root) => readBody(request, type, root) });
}

async function heed(request: FastifyRequest, { testbed, cloud }: Setting, region: string | undefined): Promise<void> {
  const mishap = await mishapAt(testbed, { cloud: cloud.name, ...(region === undefined ? {} : { region }) }, request);
  if (mishap) throw mishapError(mishap);
}

/** With the session's cookie; the password begins a session, and does nothing else. */
function mayAsk(request: FastifyRequest, { testbed, cloud }: Setting, route: Route | undefined): boolean {
  if (route?.path !== '/login') return testbed.sessions.isValid(tokenIn(request), cloud.name);
  const { username, password } = passwordOf(cloud.name);
  const given = basicCredentials(request);
  return given?.user === username && given.password === password;
}

function routeOf(routes: readonly Route[], method: string, path: string): { route: Route | undefined; id: string } {
  for (const route of routes) {
    const pattern = new RegExp(`^${route.path.replace(':id', '([^/]+)')}$`, 'i');
    const found = route.method === method ? pattern.exec(path) : null;
    if (found) return { route, id: found[1] ?? '' };
  }
  return { route: undefined, id: '' };
}

/** The header that gives a client its session. */
export const sessionCookie = ({ testbed, cloud }: Setting): Readonly<Record<string, string>> => ({
  'set-cookie': `${cookie}=${testbed.sessions.issue(cloud.name).id}; path=/`,
});

const tokenIn = ({ headers }: FastifyRequest): string =>
  (headers.cookie ?? '')
    .split(/; */)
    .map((pair) => pair.split('='))
    .find(([name]) => name === cookie)?.[1] ?? '';

function readBody(request: FastifyRequest, type: string, root: string): MarkupElement {
  const given = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '';
  if (given.toLowerCase() !== type.toLowerCase()) throw badRequest(`The content type must be ${type}, not ${given || '(none)'}.`);
  const read = parseMarkup(bodyText(request));
  if (read?.name !== root || read.namespace !== namespace) throw badRequest(`The request body is no ${root} of ${namespace}.`);
  return read;
}

function send(reply: FastifyReply, { status = 200, type = 'text/xml', markup, headers = {} }: Answer): FastifyReply {
  void reply.code(status).headers({ ...headers });
  return markup === undefined ? reply.send() : reply.type(type).send(declaration + markup);
}

function sendError(reply: FastifyReply, error: ExpressError): FastifyReply {
  if (error.retryAfter !== undefined) void reply.header('retry-after', String(error.retryAfter));
  if (error.status === 401) void reply.header('www-authenticate', 'Basic realm="services.vcloudexpress"');
  return reply.code(error.status).type('text/html').send(errorPage(error));
}
