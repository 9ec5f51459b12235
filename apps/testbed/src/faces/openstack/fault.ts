import { Refusal } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';
import type { Dialect } from './dialect.js';

/** An error that an OpenStack service answers with; each service dresses it in its own shape. */
export class OpenStackFault extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
    /** Neutron's name for it; the title of the status without one. */
    readonly kind?: string,
  ) {
    super(message);
    this.name = 'OpenStackFault';
  }
}

export const badRequest = (message: string): OpenStackFault => new OpenStackFault(400, message);
export const notFound = (message: string): OpenStackFault => new OpenStackFault(404, message);
export const unauthorized = (): OpenStackFault => new OpenStackFault(401, 'The request you have made requires authentication.');

export function mishapFault(mishap: Mishap, { tooMany }: Pick<Dialect, 'tooMany'>): OpenStackFault {
  if (mishap.kind === 'rate-limit') return new OpenStackFault(tooMany, 'This request was rate-limited.', mishap.retryAfter);
  if (mishap.kind === 'region-down') return new OpenStackFault(503, 'The service is currently unable to handle the request.');
  if (mishap.kind === 'revoked') return unauthorized();
  return new OpenStackFault(500, 'Unexpected API Error. Please report this to the operator of the cloud.');
}

export function asFault(error: unknown): OpenStackFault {
  if (error instanceof OpenStackFault) return error;
  if (error instanceof Refusal && error.reason === 'quota')
    return new OpenStackFault(403, `Quota exceeded for instances: ${error.message}`);
  if (error instanceof Refusal) return new OpenStackFault(409, error.message);
  throw error;
}

/** What a service answers a fault with. */
export type FaultShape = (fault: OpenStackFault) => { readonly type: string; readonly body: string };

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const titleOf = ({ status }: OpenStackFault): string => titles[status] ?? 'Error';
const json = (content: unknown): { type: string; body: string } => ({ type: 'application/json', body: JSON.stringify(content) });

export const keystoneShape: FaultShape = (fault) =>
  json({ error: { code: fault.status, message: fault.message, title: titleOf(fault) } });

/** nova/api/openstack/wsgi.py: the name of the fault is the key; what has no name of its own is a computeFault. */
const novaNames: Readonly<Record<number, string>> = {
  400: 'badRequest',
  403: 'forbidden',
  404: 'itemNotFound',
  409: 'conflictingRequest',
  413: 'overLimit',
  429: 'overLimit',
  503: 'serviceUnavailable',
};

export const novaShape: FaultShape = (fault) => {
  const { status, message, retryAfter } = fault;
  if (status === 401) return keystoneShape(fault);
  const retry = retryAfter === undefined ? {} : { retryAfter: String(retryAfter) };
  return json({ [novaNames[status] ?? 'computeFault']: { code: status, message, ...retry } });
};

export const neutronShape: FaultShape = (fault) =>
  fault.status === 401
    ? keystoneShape(fault)
    : json({ NeutronError: { type: fault.kind ?? titleOf(fault).replaceAll(' ', ''), message: fault.message, detail: '' } });

export const glanceShape: FaultShape = (fault) => {
  if (fault.status === 401) return keystoneShape(fault);
  const title = `${fault.status} ${titleOf(fault)}`;
  return {
    type: 'text/html',
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1>${fault.message}<br/></body></html>`,
  };
};
