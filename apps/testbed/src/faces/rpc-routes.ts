import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../cloud/cloud.js';
import type { Testbed } from '../testbed.js';
import { type Mishap, mishapAt } from './mishap.js';
import { bodyText } from './request.js';
import { answerDocument, faultDocument, readCall, type RpcCall, type RpcValue } from './xml-rpc.js';

/** A fault in a protocol's words. */
export class RpcFailure extends Error {
  constructor(
    readonly code: number | string,
    message: string,
    /** Other than 200 where the protocol says it by HTTP too. */
    readonly status = 200,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'RpcFailure';
  }
}

/** A call to one cloud. */
export interface RpcAsked extends RpcCall {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  /** The last part of the URL's path. */
  readonly service: string;
}

export interface RpcAnswer {
  readonly value: RpcValue;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a protocol over XML-RPC speaks. */
export interface RpcProtocol {
  /** The region that a call is about, as far as it can be known before the cloud looks at it. */
  region(asked: RpcAsked): string | undefined;
  /** Admits the client and asks the cloud. */
  answer(asked: RpcAsked): RpcAnswer;
  /** What befell a request, in its words. */
  mishap(mishap: Mishap): RpcFailure;
  /** Why a call failed, in its words; what it has none for is thrown on. */
  failure(error: unknown): RpcFailure;
  /** What it says to a document that is no call. */
  readonly unreadable: RpcFailure;
}

/** Answers XML-RPC at a path below `/<cloud>`. */
export function serveRpc(app: FastifyInstance, testbed: Testbed, cloud: Cloud, path: string, protocol: RpcProtocol): void {
  app.post(`/${cloud.name}${path}`, async (request, reply) => {
    if (!/^(text|application)\/xml\b/.test(request.headers['content-type'] ?? ''))
      return reply.code(415).type('text/plain').send('XML-RPC calls are text/xml.');
    void reply.type('text/xml; charset=utf-8');
    try {
      const { value, headers = {} } = await said(testbed, cloud, request, protocol);
      return await reply.headers(headers).send(answerDocument(value));
    } catch (error) {
      return fail(reply, error instanceof RpcFailure ? error : protocol.failure(error));
    }
  });
}

async function said(testbed: Testbed, cloud: Cloud, request: FastifyRequest, protocol: RpcProtocol): Promise<RpcAnswer> {
  const call = readCall(bodyText(request));
  const { service = '' } = request.params as { service?: string };
  const asked = { testbed, cloud, service, method: call?.method ?? '', params: call?.params ?? [] };
  testbed.requests.add(cloud.name, service === '' ? asked.method : `${service}::${asked.method}`);
  const region = protocol.region(asked);
  const mishap = await mishapAt(testbed, { cloud: cloud.name, ...(region === undefined ? {} : { region }) }, request);
  if (mishap) throw protocol.mishap(mishap);
  if (!call) throw protocol.unreadable;
  return protocol.answer(asked);
}

function fail(reply: FastifyReply, { code, message, status, retryAfter }: RpcFailure): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return reply.code(status).send(faultDocument(code, message));
}
