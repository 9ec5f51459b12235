import { Refusal } from '../../cloud/refusal.js';
import { declaration, element } from '../markup.js';
import type { Mishap } from '../mishap.js';

export const namespace = 'http://www.vmware.com/vcloud/v1.5';

/** An `Error` in vCloud's own words (vCloud API Programming Guide 1.0, table 8-6; 1.5, table 1-3). */
export class VCloudError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'VCloudError';
  }
}

export const badRequest = (message: string): VCloudError => new VCloudError(400, 'BAD_REQUEST', message);
/** A reference in a request's body that leads nowhere. */
export const badReference = (href: string): VCloudError =>
  new VCloudError(400, 'INVALID_REFERENCE', `The reference '${href}' does not lead to an object that can be used here.`);
export const unauthorized = (): VCloudError => new VCloudError(401, 'UNAUTHORIZED', 'The request is not authenticated.');
/** A running vCloud does not tell what is not there from what is somebody else's (vagrant-vcloud, issue 108). */
export const noAccess = (kind: string, id: string): VCloudError =>
  new VCloudError(
    403,
    'ACCESS_TO_RESOURCE_IS_FORBIDDEN',
    `No access to entity "com.vmware.vcloud.entity.${kind}:${id.replace(/^[a-zA-Z]+-/, '')}".`,
  );
export const busy = (name: string): VCloudError =>
  new VCloudError(400, 'BUSY_ENTITY', `The entity ${name} is busy completing an operation.`);
/** 1.5, table 1-3: «The object state is not compatible with the requested operation.» */
export const wrongState = (what: string): VCloudError =>
  new VCloudError(409, 'CONFLICT', `The requested operation could not be executed on ${what}`);

export function mishapError(mishap: Mishap): VCloudError {
  if (mishap.kind === 'rate-limit') return new VCloudError(429, 'TOO_MANY_REQUESTS', 'Too many requests.', mishap.retryAfter);
  if (mishap.kind === 'region-down') return new VCloudError(503, 'SERVICE_UNAVAILABLE', 'The service is unavailable at present.');
  if (mishap.kind === 'revoked') return unauthorized();
  return new VCloudError(500, 'INTERNAL_SERVER_ERROR', 'The server has encountered an internal error.');
}

/** The guides name no codes for a limit reached and a site that is full; the words are those a vCloud says in its tasks. */
export function asVCloudError(error: unknown): VCloudError {
  if (error instanceof VCloudError) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota')
    return new VCloudError(400, 'QUOTA_EXCEEDED', `The requested operation will exceed the VM quota. ${error.message}`);
  if (error.reason === 'no-capacity')
    return new VCloudError(
      400,
      'INSUFFICIENT_RESOURCES',
      `There are insufficient resources for this operation. ${error.message}`,
    );
  return wrongState(error.message);
}

export const errorMarkup = ({ status, code, message }: Pick<VCloudError, 'status' | 'code' | 'message'>, own = {}): string =>
  element('Error', { ...own, message, majorErrorCode: status, minorErrorCode: code, stackTrace: '' });

export const errorDocument = (error: VCloudError): string => declaration + errorMarkup(error, { xmlns: namespace });
