import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Cloud } from '../cloud/cloud.js';
import type { Testbed } from '../testbed.js';
import { type Mishap, mishapAt } from './mishap.js';

/** What a request is answered with, already in the protocol's own form. */
export interface Said {
  readonly status?: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request to one cloud, its client known. */
export interface Asked {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly request: FastifyRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** How a protocol of plain HTTP requests speaks. */
export interface Protocol {
  /** @throws the protocol's error for credentials that are none. */
  admit(cloud: Cloud, request: FastifyRequest): void;
  /** The region that a request is for, where it tells before anybody has looked at who asks; absent: it never does. */
  regionOf?(cloud: Cloud, request: FastifyRequest): string | undefined;
  /** What a request asks for, where its path does not tell. */
  actionOf?(request: FastifyRequest): string;
  /** What befell a request, in its words. */
  mishap(mishap: Mishap): Error;
  /** A failure, in its words; what it has none for is thrown on. */
  failure(error: unknown): Said;
}

/** The routes of one cloud below `/<cloud>`: each counted, struck by the faults that are on, admitted, answered. */
export class CloudRoutes {
  constructor(
    private readonly app: FastifyInstance,
    private readonly testbed: Testbed,
    private readonly cloud: Cloud,
    private readonly protocol: Protocol,
  ) {}

  add(method: HTTPMethods, path: string, answer: (asked: Asked) => Said): void {
    this.app.route({
      method,
      url: `/${this.cloud.name}${path}`,
      handler: async (request, reply) => await send(reply, await this.said(`${method} ${path}`, request, answer)),
    });
  }

  private async said(action: string, request: FastifyRequest, answer: (asked: Asked) => Said): Promise<Said> {
    const { testbed, cloud, protocol } = this;
    try {
      testbed.requests.add(cloud.name, protocol.actionOf?.(request) ?? action);
      const region = protocol.regionOf?.(cloud, request);
      const place = { cloud: cloud.name, ...(region === undefined ? {} : { region }) };
      const mishap = await mishapAt(testbed, place, request);
      if (mishap) throw protocol.mishap(mishap);
      protocol.admit(cloud, request);
      const params = request.params as Readonly<Record<string, string>>;
      return answer({ testbed, cloud, request, params, query: new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? '') });
    } catch (error) {
      return protocol.failure(error);
    }
  }
}

const send = async (reply: FastifyReply, { status = 200, type, body, headers = {} }: Said): Promise<FastifyReply> =>
  await reply.code(status).headers(headers).type(type).send(body);
