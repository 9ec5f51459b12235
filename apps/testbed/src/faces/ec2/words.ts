import type { Refusal } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';
import { Ec2Error } from './ec2-error.js';
import { declaration, type Words } from './query-service.js';
import { fields } from './xml.js';

/** EC2's own (EC2 API reference, Error codes). */
export const ec2Words: Words = {
  result: ({ action, requestId, query, fields: result }) =>
    `${declaration}<${action}Response xmlns="http://ec2.amazonaws.com/doc/${query.require('Version')}/">${fields({ requestId, ...result })}</${action}Response>`,
  error: ({ code, message }, requestId) =>
    `${declaration}<Response>${fields({ Errors: { Error: { Code: code, Message: message } }, RequestID: requestId })}</Response>`,
  mishap: mishapError,
  refusal: refusalError,
};

function mishapError({ kind }: Mishap): Ec2Error {
  if (kind === 'rate-limit') return new Ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503);
  if (kind === 'region-down') return new Ec2Error('Unavailable', "The server is overloaded and can't handle the request.", 503);
  if (kind === 'revoked') return new Ec2Error('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  return new Ec2Error('InternalError', 'An internal error has occurred', 500);
}

function refusalError({ reason, message }: Refusal): Ec2Error {
  if (reason === 'quota') {
    return new Ec2Error(
      'InstanceLimitExceeded',
      `You have requested more instances than your current instance limit allows. ${message}`,
    );
  }
  if (reason !== 'no-capacity') return new Ec2Error('IncorrectState', message);
  return new Ec2Error(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient capacity in the Availability Zone you requested. ${message}`,
    500,
  );
}
