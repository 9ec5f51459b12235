import { AgencyError } from '@cloud-agency/errors';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { serveControl } from './control/control.js';
import { accountAt } from './faces/accounts.js';
import { garbleAnswers } from './faces/mishap.js';
import { originOf } from './faces/request.js';
import { faces } from './faces/registry.js';
import type { Testbed } from './testbed.js';

/** One HTTP server for all faces, price lists and the operator's control. */
export function createServer(testbed: Testbed): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, routerOptions: { ignoreTrailingSlash: true, maxParamLength: 255 } });
  readJson(app);
  readOthers(app);
  sayErrors(app);
  for (const face of faces) {
    void app.register((own, _options, done) => {
      garbleAnswers(own);
      face.serve(own, testbed);
      done();
    });
  }
  serveAccounts(app, testbed);
  servePrices(app, testbed);
  serveControl(app, testbed);
  return app;
}

function serveAccounts(app: FastifyInstance, { clouds, metricsEvery }: Testbed): void {
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
      const account = accountAt(cloud, originOf(request));
      return metricsEvery === undefined ? account : { ...account, metrics_every: metricsEvery };
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

/** Forms, XML and the rest come to the faces as they are: protocols older than JSON do not agree on what to call them. */
function readOthers(app: FastifyInstance): void {
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body.length === 0 ? undefined : body);
  });
}

/** Faces answer their own errors; here is what the operator meets. */
function sayErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | AgencyError, _request, reply) => {
    if (error instanceof AgencyError) return reply.code(error.status).send({ error: error.code, message: error.message });
    const status = error.statusCode ?? 500;
    const code = status < 500 ? 'invalid-request' : 'internal';
    return reply.code(status).send({ error: code, message: error.message });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: 'not-found',
      message: `${request.method} ${request.url} is nothing the testbed serves. GET /control tells what there is.`,
    }),
  );
}
