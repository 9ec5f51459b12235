import { Ec2Error } from '../ec2/ec2-error.js';
import type { Words } from '../ec2/query-service.js';
import { fields } from '../ec2/xml.js';

const namespace = 'http://ec2.amazonaws.com/doc/2010-08-31/';

/**
 * Its answers carry no request id. What goes wrong behind the frontend it calls GeneralError, with the words of whatever said no: of a
 * full account groupauthz (DecisionLogic). It knows no rate limit: that is what a proxy in front of it says.
 */
export const nimbusWords: Words = {
  result: ({ action, fields: result }) =>
    `<${action}Response xmlns="${namespace}">${fields({ requestId: '', ...result })}</${action}Response>`,
  error: ({ code, message }) =>
    `<?xml version="1.0"?>\n<Response>${fields({ Errors: { Error: { Code: code, Message: message } }, RequestID: '' })}</Response>`,
  mishap: ({ kind }) => {
    if (kind === 'rate-limit') return new Ec2Error('RequestLimitExceeded', 'Too many requests.', 503);
    if (kind === 'region-down') return new Ec2Error('Unavailable', 'The service is not available.', 503);
    if (kind === 'revoked') return new Ec2Error('InvalidClientTokenId', 'The access key is not known.');
    return new Ec2Error('InternalError', 'Internal error', 500);
  },
  refusal: ({ reason, message }) => {
    if (reason === 'no-capacity') return generalError('No resource pool has an applicable entry');
    if (reason === 'quota') return generalError(deniedBy(message));
    return generalError(message);
  },
};

export const generalError = (message: string): Ec2Error => new Ec2Error('GeneralError', message);

/** The refusal says how many there are, and how many there may be. */
function deniedBy(message: string): string {
  const [, used = '0', most = '0'] = /(\d+) of (\d+)/.exec(message) ?? [];
  const running = used === '0' ? '' : `, together with number of currently running workspaces (${used}),`;
  return `Denied: Request for 1 workspaces${running} exceeds the maximum, which is ${most} concurrently running workspaces.`;
}
