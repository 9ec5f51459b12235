import { AgencyError } from '@cloud-agency/errors';
import { listenRefusal, type Log } from '@cloud-agency/runtime';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Authority, Credential } from '../enrolment/authority.js';
import type { Certified, Enrolment, Presented } from '../enrolment/enrolment.js';
import type { Ingest } from '../ingest/ingest.js';
import { otlpFailure, takeOtlp } from '../ingest/otlp-metrics.js';
import type { PushAnswer } from '../ingest/push.js';
import { takeText } from '../ingest/text-metrics.js';

export interface AgentServerOptions {
  readonly host: string;
  readonly port: number;
  readonly script: string;
  readonly ingest: Ingest;
  readonly log: Log;
}

export interface AgentServer {
  readonly address: AddressInfo;
  /** Shows this certificate from now on. */
  certify(credential: Credential, authority: Pick<Authority, 'certificate'>): void;
  /** Answers from now on. */
  admit(enrolment: Enrolment): void;
  close(): Promise<void>;
}

const bodyLimit = 1024 * 1024;
/** Of a handshake, and of a whole request, ms. */
const patienceMs = 30_000;

/**
 * The paths that agents know. Everybody may connect and fetch the agent; a token lets a machine enrol; for all else it shows the certificate that it
 * was given. What a certificate is worth is decided by `Enrolment` alone, for each request: TLS merely proves who holds its key.
 * @throws AgencyError port-in-use, invalid-setting.
 */
export async function listenForAgents({ host, port, script, ingest, log }: AgentServerOptions): Promise<AgentServer> {
  const app = Fastify({
    https: { requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2', handshakeTimeout: patienceMs },
    // Anybody may connect, and say the beginning of something for ever.
    requestTimeout: patienceMs,
    forceCloseConnections: true,
    bodyLimit,
  });
  let enrolment: Enrolment | undefined;
  const admission = (): Enrolment => {
    if (enrolment) return enrolment;
    throw new AgencyError('agent-early', { seconds: 1 });
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  sayErrors(app, log);
  app.get('/agent.sh', (_request, reply) => reply.type('text/x-shellscript; charset=us-ascii').send(script));
  app.post('/enrol', async (request, reply) => {
    const token = /^Bearer (cat_[\w-]{43})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    return await certificate(reply, admission().enrol(token, textOf(request), addressOf(request)));
  });
  app.post('/renew', async (request, reply) => certificate(reply, admission().renew(presentedBy(request), textOf(request))));
  app.post('/v1/openmetrics', async (request, reply) => {
    const from = await admission().admitted(presentedBy(request));
    return await answer(reply, takeText(ingest, { ...pushOf(request), from }));
  });
  app.post('/v1/metrics', { errorHandler: otlpErrors(log) }, async (request, reply) => {
    const from = await admission().admitted(presentedBy(request));
    return await answer(reply, takeOtlp(ingest, { ...pushOf(request), from }));
  });
  await listen(app, host, port);
  const server = app.server;
  return {
    address: server.address() as AddressInfo,
    certify: ({ key, certificate: cert }, { certificate: ca }) => {
      server.setSecureContext({ key, cert: `${cert}\n${ca}`, ca });
    },
    admit: (admitting) => {
      enrolment = admitting;
    },
    close: () => app.close(),
  };
}

async function listen(
  app: { listen: FastifyInstance['listen']; close: () => unknown },
  host: string,
  port: number,
): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw listenRefusal(cause, { host, port, setting: 'AGENCY_AGENT_PORT' });
  }
}

async function certificate(reply: FastifyReply, certified: Promise<Certified>): Promise<FastifyReply> {
  const { certificate: pem, renewAfter } = await certified;
  return reply
    .header('Renew-After', String(Math.floor(renewAfter / 1000)))
    .type('application/x-pem-file')
    .send(`${pem.trim()}\n`);
}

async function answer(reply: FastifyReply, answered: Promise<PushAnswer>): Promise<FastifyReply> {
  const { status, type, headers, body } = await answered;
  return reply.code(status).headers(headers).type(type).send(body);
}

/** The address that the connection comes from. No header is believed: whoever could set one could be anybody. */
const addressOf = ({ raw }: FastifyRequest): string => (raw.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');

function presentedBy(request: FastifyRequest): Presented {
  const raw = (request.raw.socket as TLSSocket).getPeerX509Certificate();
  return { certificate: raw && new X509Certificate(raw.raw), address: addressOf(request) };
}

const pushOf = ({ raw, body }: FastifyRequest) => ({
  headers: raw.headers,
  query: new URL(raw.url ?? '/', 'https://agents').searchParams,
  body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
});

const textOf = ({ body }: FastifyRequest): string => (Buffer.isBuffer(body) ? body.toString() : '');

/** Exporters go by OTLP's own form, also for what is refused before anybody looks at it. */
const otlpErrors =
  (log: Log) =>
  (error: FastifyError | AgencyError, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, type, headers, body } = otlpFailure(knownError(error, request, log), request.headers);
    void reply.code(status).headers(headers).type(type).send(body);
  };

function knownError(error: FastifyError | AgencyError, { id }: FastifyRequest, log: Log): AgencyError {
  if (error instanceof AgencyError) return error;
  const { statusCode = 500, message } = error;
  if (statusCode < 500)
    return new AgencyError(statusCode === 413 ? 'too-large' : 'invalid-request', { message }, { cause: error });
  log.error({ err: error, reference: id }, 'Figures of an agent could not be taken');
  return new AgencyError('internal', { reference: id }, { cause: error });
}

type Erring = Pick<FastifyInstance, 'setErrorHandler' | 'setNotFoundHandler'>;

/** In plain words: a shell reads them, and then a person. */
function sayErrors(
  app: { setErrorHandler: Erring['setErrorHandler']; setNotFoundHandler: Erring['setNotFoundHandler'] },
  log: Log,
): void {
  const say = (reply: FastifyReply, status: number, message: string): FastifyReply =>
    reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`);
  app.setErrorHandler((error: FastifyError | AgencyError, request, reply) => {
    if (error instanceof AgencyError) {
      if (error.status === 503 || error.status === 429)
        void reply.header('Retry-After', String(Number(error.details.seconds ?? 1)));
      return say(reply, error.status, error.message);
    }
    if (error.statusCode !== undefined && error.statusCode < 500) return say(reply, error.statusCode, error.message);
    log.error({ err: error, path: request.url }, 'An agent could not be answered');
    return say(reply, 500, 'Something went wrong inside the Agency.');
  });
  app.setNotFoundHandler((request, reply) =>
    say(reply, 404, `${request.method} ${request.url.slice(0, 200)} is nothing that agents find here.`),
  );
}
