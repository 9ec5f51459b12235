import type { FaultShape } from '../openstack/fault.js';

/** Cloud Identity v2.0, Faults: the name of the fault is the key. */
const names: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  413: 'overLimit',
  503: 'serviceUnavailable',
};

export const identityShape: FaultShape = ({ status, message, retryAfter }) => {
  const retry = retryAfter === undefined ? {} : { retryAfter: String(retryAfter) };
  const fault = { code: status, message, ...retry };
  return { type: 'application/json', body: JSON.stringify({ [names[status] ?? 'identityFault']: fault }) };
};
