import type { Testbed } from '../../../testbed.js';
import { Ec2Error } from '../ec2-error.js';
import type { QueryCall, QueryService, Words } from '../query-service.js';
import { fields, type XmlFields } from '../xml.js';
import { getMetricData } from './metric-data.js';
import { getMetricStatistics } from './metric-statistics.js';

const version = '2010-08-01';
const namespace = `http://monitoring.amazonaws.com/doc/${version}/`;

const actions: ReadonlyMap<string, (call: QueryCall) => XmlFields> = new Map(
  Object.entries({ GetMetricData: getMetricData, GetMetricStatistics: getMetricStatistics }),
);

/** CloudWatch's query protocol: what it measures of EC2's machines. @param admit who is let in, in EC2's words. */
export const monitoring = (testbed: Testbed, admit: QueryService['admit']): QueryService => ({
  testbed,
  admit: (request, query) => {
    try {
      return admit(request, query);
    } catch (error) {
      throw error instanceof Ec2Error && error.code === 'AuthFailure' ? unknownKey() : error;
    }
  },
  perform: (call, action) => {
    const run = actions.get(action);
    if (!run || call.query.require('Version') !== version)
      throw new Ec2Error('InvalidAction', `Could not find operation ${action} for version ${call.query.get('Version') ?? ''}`);
    return run(call);
  },
  words,
});

/** CloudWatch API reference, Common errors. */
const unknownKey = (): Ec2Error =>
  new Ec2Error('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);

const words: Words = {
  result: ({ action, requestId, fields: result }) =>
    `<${action}Response xmlns="${namespace}">${fields({ [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } })}</${action}Response>`,
  error: ({ code, message, status }, requestId) => {
    const Type = status < 500 ? 'Sender' : 'Receiver';
    return `<ErrorResponse xmlns="${namespace}">${fields({ Error: { Type, Code: code, Message: message }, RequestId: requestId })}</ErrorResponse>`;
  },
  mishap: ({ kind }) => {
    if (kind === 'rate-limit') return new Ec2Error('Throttling', 'Rate exceeded', 400);
    if (kind === 'region-down')
      return new Ec2Error('ServiceUnavailable', 'The service is unavailable. Please try again later.', 503);
    if (kind === 'revoked') return unknownKey();
    return new Ec2Error('InternalFailure', 'The request processing has failed because of an unknown error.', 500);
  },
  refusal: ({ message }) => new Ec2Error('InternalFailure', message, 500),
};
