/** What HTTP allows beside a request for a path of ours, and what is no request at all: still answered, typed, and by name. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { serverHeader } from './occi-version.js';

const plain = 'text/plain; charset=utf-8';

/** Answers what never becomes a request to Fastify: Node would end these without a Server or a Content-Type header, or without a word. */
export function answerTheRest(server: Server, version: string): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, { Server: serverHeader(version), 'Content-Type': plain });
    response.end('Nothing can be expected here but 100-continue.\n');
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    refuse(socket, '405 Method Not Allowed', 'This is no proxy.\n', version, 'Allow: GET, HEAD, OPTIONS\r\n');
  });
}

/** Answers bytes that are no request: there is none yet to answer to. `code` is that of the error that reading them gave. */
export function refuseBytes(socket: Duplex, code: string | undefined, version: string): void {
  if (code === 'HPE_HEADER_OVERFLOW')
    refuse(socket, '431 Request Header Fields Too Large', 'The headers are larger than 64 KiB; send a body instead.\n', version);
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    refuse(socket, '408 Request Timeout', 'The request did not come to its end in time.\n', version);
  else refuse(socket, '400 Bad Request', 'This is not an HTTP request that can be read.\n', version);
}

function refuse(socket: Duplex, status: string, body: string, version: string, headers = ''): void {
  if (!socket.writable) return;
  socket.end(
    `HTTP/1.1 ${status}\r\nServer: ${serverHeader(version)}\r\nContent-Type: ${plain}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/**
 * The path that a request means. It may name this host too, which then counts instead of its Host header, and `*` is the whole server
 * (RFC 9112, 3.2).
 */
export function originForm(request: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const { url = '/', headers } = request;
  const [, authority, path] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(url) ?? [];
  if (authority !== undefined && path !== undefined) {
    headers.host = authority;
    return path.startsWith('/') ? path : `/${path}`;
  }
  return url.startsWith('/') ? url : '/';
}
