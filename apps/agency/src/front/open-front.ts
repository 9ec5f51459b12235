import { listenRefusal } from '@cloud-agency/runtime';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import 'reflect-metadata';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { FrontModule } from './front.module.js';
import { serverHeader } from './occi-version.js';
import type { FrontPorts } from './ports.js';
import { problemAnswer } from './problem.js';
import { answerTheRest, originForm, refuseBytes } from './wire.js';

export interface OpenFront {
  readonly url: string;
  /** Ends every stream and connection. */
  close(): Promise<void>;
}

/** Entities in text/occi travel in headers, so more than Node's usual 16 KiB of them are taken. */
const maxHeaderSize = 64 * 1024;
const bodyLimit = 1024 * 1024;
const nestOptions = { logger: false, bodyParser: false, abortOnError: false } as const;

/** Serves the front; `port` 0 takes a free one. @throws AgencyError port-in-use, invalid-setting. */
export async function openFront({
  host,
  port,
  ...ports
}: FrontPorts & { readonly host: string; readonly port: number }): Promise<OpenFront> {
  const app = await NestFactory.create<NestFastifyApplication>(FrontModule.with(ports), adapter(ports), nestOptions);
  answerTheRest(app.getHttpServer(), ports.version);
  try {
    await app.listen(port, host);
  } catch (cause) {
    await app.close();
    throw listenRefusal(cause, { host, port, setting: 'AGENCY_PORT' });
  }
  return {
    url: urlOf(host, app),
    close: () => app.close(),
  };
}

const adapter = (ports: FrontPorts): FastifyAdapter =>
  new FastifyAdapter({
    // A missing Host is refused by the front itself, which says so.
    http: { maxHeaderSize, requireHostHeader: false },
    rewriteUrl: originForm,
    bodyLimit,
    // There is no middleware to run.
    skipMiddie: true,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: maxHeaderSize },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const { status, type, body } = problemAnswer(error, request.headers.accept, ports);
      void reply
        .code(status)
        .headers({ Server: serverHeader(ports.version), 'Content-Type': type })
        .send(typeof body === 'string' ? Buffer.from(body) : body);
    },
    clientErrorHandler: (error, socket) => {
      refuseBytes(socket, error.code, ports.version);
    },
  });

function urlOf(host: string, app: NestFastifyApplication): string {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}
