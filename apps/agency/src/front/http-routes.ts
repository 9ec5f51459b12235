import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { METHODS } from 'node:http';
import { Histogram, register } from 'prom-client';
import { eventStream, stream, streamHeaders, subscriptionOf } from './events.js';
import { Front } from './front.js';
import { frontRequest, readable } from './http-request.js';
import type { Answer, FrontRequest } from './message.js';
import { serverHeader } from './occi-version.js';
import type { FrontPorts } from './ports.js';
import { problemAnswer } from './problem.js';
import { answerOtlp, answerText, otlpPath, otlpProblem, type PushRequest, textPath } from './pushes.js';

/** Injection token of what the front knows of the rooms behind it. */
export const FRONT_PORTS = Symbol('front ports');

/** What tells nothing about anybody is for everybody. */
const openPaths = ['/healthz', '/readyz', '/openapi.json', '/docs'];
/** What is of all tenants. */
const operatorPath = '/metrics';
const nobody = '';

/**
 * Puts the front on Nest's Fastify instance. Paths follow from OCCI's registry, and their meaning from headers, so there is one route for
 * all of them, straight on Fastify: Nest's pipeline of guards, pipes and interceptors would cost each request and decide nothing.
 */
@Injectable()
export class HttpRoutes implements OnModuleInit {
  private readonly front: Front;
  private readonly server: string;

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(FRONT_PORTS) private readonly ports: FrontPorts,
  ) {
    this.front = new Front(ports);
    this.server = serverHeader(ports.version);
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const errorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
      this.send(reply, problemAnswer(error, request.headers.accept, this.ports));
    };
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, proceed) => {
      proceed(null, body);
    });
    fastify.addHook('onRequest', (request, _reply, proceed) => {
      readable(request.raw.headers);
      proceed();
    });
    const seconds = requestSeconds();
    fastify.addHook('onResponse', (request, reply, proceed) => {
      seconds.observe({ method: request.method, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
      proceed();
    });
    for (const method of METHODS)
      if (!fastify.supportedMethods.includes(method)) fastify.addHttpMethod(method, { hasBody: true });
    fastify.get('/events', { errorHandler, exposeHeadRoute: false }, (request, reply) => this.events(request, reply));
    const otlpErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
      this.send(reply, otlpProblem(error, request.headers, this.ports));
    };
    fastify.post(otlpPath, { errorHandler: otlpErrorHandler }, async (request, reply) =>
      this.send(reply, await answerOtlp(this.pushed(request), this.ports)),
    );
    fastify.post(textPath, { errorHandler }, async (request, reply) =>
      this.send(reply, await answerText(this.pushed(request), this.ports)),
    );
    fastify.route({
      method: [...fastify.supportedMethods],
      url: '*',
      errorHandler,
      handler: async (request, reply) => this.send(reply, await this.front.answer(await this.admitted(request))),
    });
  }

  private async events(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const admitted = await this.admitted(request);
    const subscription = await subscriptionOf(admitted, this.ports);
    const { raw } = reply.hijack();
    // The server closes every connection when it closes, so this is the end of the stream in any case.
    const gone = new AbortController();
    raw.on('close', () => {
      gone.abort();
    });
    raw.writeHead(200, { 'Content-Type': eventStream, ...streamHeaders, Server: this.server, ...guarded(eventStream) });
    await stream(subscription, raw, gone.signal, this.ports).catch((error: unknown) => {
      this.ports.log.error({ err: error }, 'A stream of events ended early; its client will take it up again.');
    });
  }

  /** @throws AgencyError unauthorized, forbidden, too-many-requests. */
  private async admitted(request: FastifyRequest): Promise<FrontRequest> {
    const { url = '/', headers, socket } = request.raw;
    const path = url.split('?', 1)[0] ?? '';
    if (openPaths.includes(path)) return frontRequest(request, nobody);
    if (path !== operatorPath) return frontRequest(request, await this.tenantOf(request));
    await this.ports.admission.admitOperator(headers, socket.remoteAddress ?? '');
    return frontRequest(request, nobody);
  }

  /** Whose it is. @throws AgencyError unauthorized, too-many-requests. */
  private async tenantOf({ raw: { headers, socket } }: FastifyRequest): Promise<string> {
    return await this.ports.admission.admit(headers, socket.remoteAddress ?? '');
  }

  private pushed(request: FastifyRequest): PushRequest {
    const { raw, body } = request;
    return {
      request: { headers: raw.headers, query: new URL(raw.url ?? '/', 'http://front').searchParams },
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      admit: () => this.tenantOf(request),
    };
  }

  private send(reply: FastifyReply, answer: Answer): FastifyReply {
    return (
      reply
        .code(answer.status)
        .headers({ ...answer.headers, Server: this.server, 'Content-Type': answer.type, ...guarded(answer.type) })
        // Not as a string: Node would then write the headers as UTF-8 too, and Fastify would add a charset to JSON types.
        .send(typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body)
    );
  }
}

/** What clients named is in many answers: no browser is to take one for anything but what it says it is, nor run what is in a page. */
const guarded = (type: string): Readonly<Record<string, string>> => ({
  'X-Content-Type-Options': 'nosniff',
  ...(type.startsWith('text/html') && {
    'Content-Security-Policy':
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
  }),
});

const requestName = 'agency_http_request_seconds';

/** One for the process, however many fronts it has had. Methods that nobody knows are refused before they are counted. */
function requestSeconds(): Histogram<'method' | 'status'> {
  const known = register.getSingleMetric(requestName) as Histogram<'method' | 'status'> | undefined;
  return (
    known ??
    new Histogram({
      name: requestName,
      help: 'How long requests took until they were answered, event streams apart.',
      labelNames: ['method', 'status'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    })
  );
}
