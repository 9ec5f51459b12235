import { AgencyError } from '@cloud-agency/errors';
import type { FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { mediaTypeOf } from './media.js';
import type { FrontRequest } from './message.js';

/** @throws AgencyError invalid-request when the body is not UTF-8, or the Host header is missing that HTTP/1.1 wants. */
export function frontRequest(request: FastifyRequest, tenant: string): FrontRequest {
  if (request.raw.httpVersion === '1.1' && request.raw.headers.host === undefined)
    throw new AgencyError('invalid-request', { message: 'The Host header is missing.' });
  const url = request.raw.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark)),
    headers: request.raw.headers,
    body: bodyOf(request),
    tenant,
    base: `http://${authorityOf(request)}`,
    isGone: () => request.raw.socket.destroyed,
  };
}

/** The Host header, unless it is missing or nothing that belongs into a URL. */
function authorityOf({ raw }: FastifyRequest): string {
  const { host } = raw.headers;
  if (host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host) && URL.canParse(`http://${host}`)) return host;
  const { localAddress = '127.0.0.1', localPort = 80 } = raw.socket;
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}

/**
 * Makes the headers what the client meant: UTF-8, which Node reads as Latin-1, and one Content-Type where it listed several, which Fastify
 * would refuse.
 */
export function readable(headers: IncomingHttpHeaders): void {
  const type = headers['content-type'];
  if (type !== undefined)
    headers['content-type'] = /^[\w.+-]+\/[\w.+-]+$/.test(mediaTypeOf(type)) ? mediaTypeOf(type) : 'application/octet-stream';
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && /\P{ASCII}/u.test(value)) headers[name] = Buffer.from(value, 'latin1').toString('utf8');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function bodyOf({ body }: FastifyRequest): string {
  if (!Buffer.isBuffer(body)) return '';
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new AgencyError('invalid-request', { message: 'The body is not UTF-8.' }, { cause });
  }
}
