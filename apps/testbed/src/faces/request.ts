import type { FastifyRequest } from 'fastify';

/** Where the client of a request found the testbed, e.g. `http://127.0.0.1:40123`: links begin with it. */
export const originOf = (request: FastifyRequest): string => `${request.protocol}://${request.host}`;

/** The body as it came, where it is not JSON: a form, XML, … */
export function bodyText({ body }: FastifyRequest): string {
  if (Buffer.isBuffer(body)) return body.toString();
  return typeof body === 'string' ? body : '';
}

/** HTTP Basic credentials (RFC 7617); undefined without any. */
export function basicCredentials(request: FastifyRequest): { readonly user: string; readonly password: string } | undefined {
  const [, encoded] = /^Basic +(.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
