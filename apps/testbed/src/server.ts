import { AgencyError } from '@cloud-agency/errors';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { serveControl } from './control/control.js';
import { accountAt } from './faces/accounts.js';
import { serveEc2 } from './faces/ec2/face.js';
import { serveOpenStack } from './faces/openstack/face.js';
import { novaShape, OpenStackFault } from './faces/openstack/fault.js';
import { originOf } from './faces/openstack/service.js';
import { Tokens } from './faces/openstack/tokens.js';
import type { Testbed } from './testbed.js';

/** One HTTP server for all faces, price lists and the operator's control. */
export function createServer(testbed: Testbed): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, routerOptions: { ignoreTrailingSlash: true, maxParamLength: 255 } });
  const tokens = new Tokens(testbed.clock, testbed.ids);
  readJson(app);
  sayErrors(app);
  serveEc2(app, testbed);
  serveOpenStack(app, testbed, tokens);
  serveAccounts(app, testbed);
  servePrices(app, testbed);
  serveControl(app, testbed, () => {
    tokens.expireAll();
  });
  return app;
}

function serveAccounts(app: FastifyInstance, { clouds }: Testbed): void {
  app.get('/accounts', (request) => {
    const { clouds: wanted = '' } = request.query as { clouds?: string };
    const names = wanted === '' ? [...clouds.keys()] : wanted.split(',');
    return names.map((name) => {
      const cloud = clouds.get(name);
      if (!cloud)
        throw new AgencyError('not-found', {
          what: `Cloud '${name}'`,
          hint: `The testbed has ${[...clouds.keys()].join(', ')}.`,
        });
      return accountAt(cloud, originOf(request));
    });
  });
}

function servePrices(app: FastifyInstance, { clouds, requests }: Testbed): void {
  app.get('/prices/:file', (request, reply) => {
    const { file } = request.params as { file: string };
    const cloud = clouds.get(file.replace(/\.csv$/, ''));
    if (!cloud || !file.endsWith('.csv'))
      throw new AgencyError('not-found', { what: `Price list '${file}'`, hint: 'They are named <cloud>.csv.' });
    requests.add(cloud.name, 'GET /prices');
    const { body, etag } = cloud.prices.file();
    void reply.header('etag', etag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
    return reply.type('text/csv; charset=utf-8').send(body);
  });
}

/** Clients that send `content-type: application/json` with nothing in it mean no body. */
function readJson(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)));
    } catch {
      done(Object.assign(new Error('Malformed request body'), { statusCode: 400 }));
    }
  });
}

/** Faces answer their own errors; here is what the operator meets, and what no face has seen. */
function sayErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | AgencyError, request, reply) => {
    if (error instanceof AgencyError) return reply.code(error.status).send({ error: error.code, message: error.message });
    const status = error.statusCode ?? 500;
    if (request.url.startsWith('/control')) return reply.code(status).send({ error: 'invalid-request', message: error.message });
    const { type, body } = novaShape(new OpenStackFault(status, error.message));
    return reply.code(status).type(type).send(body);
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: 'not-found',
      message: `${request.method} ${request.url} is nothing the testbed serves. GET /control tells what there is.`,
    }),
  );
}
