import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { KeptThings } from '../../cloud/kept-things.js';
import type { Testbed } from '../../testbed.js';
import { passwordOf } from '../credentials.js';
import { mishapAt, shortPage } from '../mishap.js';
import { basicCredentials } from '../request.js';
import type { ExtraDisk } from './disks.js';
import type { IpJoin } from './ip-addresses.js';
import { asOnAppError, mishapError, unauthorised } from './onapp-error.js';
import type { SshKey } from './ssh-keys.js';
import type { Transaction } from './transactions.js';
import type { VmRecord } from './vm-record.js';

/** What the face keeps beside what the cloud is made of. */
export interface Kept {
  readonly vms: KeptThings<VmRecord>;
  readonly disks: KeptThings<ExtraDisk>;
  readonly ips: KeptThings<IpJoin>;
  readonly sshKeys: KeptThings<SshKey>;
  readonly transactions: KeptThings<Transaction>;
}

export interface Call {
  readonly testbed: Testbed;
  readonly kept: Kept;
  readonly cloud: Cloud;
  /** A control panel is one region; its hypervisor zones are the zones. */
  readonly region: RegionProfile;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Empty unless it came as JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status?: number;
  /** A list is answered a page at a time. */
  readonly body?: unknown;
}

export type Handler = (call: Call) => Answer;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const mostOnAPage = 100;

/** The API of one control panel: `/<cloud>/<path>.json`. */
export class ControlPanel {
  constructor(
    private readonly app: FastifyInstance,
    private readonly testbed: Testbed,
    private readonly kept: Kept,
    private readonly cloud: Cloud,
  ) {}

  on(method: Method, path: string, handler: Handler): void {
    // A parameter at the end would take the ending with it.
    const url = `/${this.cloud.name}/${path}.json`.replace(/:(\w+)\.json$/, ':$1(^\\w+).json');
    this.app.route({ method, url, handler: (request, reply) => this.answer(`${method} ${path}`, handler, request, reply) });
  }

  private async answer(action: string, handler: Handler, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const call = await this.call(action, request);
      const { status = 200, body } = handler(call);
      if (body === undefined) return await reply.code(status === 200 ? 204 : status).send();
      const shown = Array.isArray(body) ? this.page(call, body, reply) : body;
      return await reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(shown));
    } catch (error) {
      const { status, errors, retryAfter } = asOnAppError(error);
      if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
      return reply.code(status).send({ errors });
    }
  }

  private async call(action: string, request: FastifyRequest): Promise<Call> {
    const { testbed, kept, cloud } = this;
    const [region] = cloud.profile.regions;
    if (!region) throw new Error(`The cloud ${cloud.name} has no region.`);
    testbed.requests.add(cloud.name, action);
    const mishap = await mishapAt(testbed, { cloud: cloud.name, region: region.region }, request);
    if (mishap) throw mishapError(mishap);
    const given = basicCredentials(request);
    const own = passwordOf(cloud.name);
    if (given?.user !== own.username || given.password !== own.password) throw unauthorised();
    return {
      testbed,
      kept,
      cloud,
      region,
      params: request.params as Readonly<Record<string, string>>,
      query: new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? ''),
      body: bodyOf(request),
    };
  }

  /** `page` counts from 1; the headers tell how many there are in all. */
  private page({ query, region }: Call, items: readonly unknown[], reply: FastifyReply): readonly unknown[] {
    const most = shortPage(this.testbed, { cloud: this.cloud.name, region: region.region }) ?? mostOnAPage;
    const limit = Math.min(positive(query.get('per_page')) ?? most, most);
    const page = positive(query.get('page')) ?? 1;
    void reply.headers({ 'x-page': String(page), 'x-limit': String(limit), 'x-total': String(items.length) });
    return items.slice((page - 1) * limit, page * limit);
  }
}

const positive = (text: string | null): number | undefined =>
  text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;

function bodyOf({ headers, body }: FastifyRequest): Readonly<Record<string, unknown>> {
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  return isJson && typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
}
