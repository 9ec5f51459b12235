import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import { Refusal } from '../../cloud/refusal.js';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { type Mishap, mishapAt } from '../mishap.js';
import { ec2Actions } from './actions/index.js';
import type { Ec2Call } from './actions/action.js';
import { Ec2Error, invalidValue } from './ec2-error.js';
import { Query } from './query.js';
import { type SignedRequest, verifySignature } from './signature.js';
import { fields, type XmlFields } from './xml.js';

const version = '2016-11-15';

/**
 * The EC2 query protocol (API version 2016-11-15) for every cloud that wears this face. One URL serves all of them: the access key tells
 * the cloud, the scope of the signature the region.
 */
function serveEc2(app: FastifyInstance, testbed: Testbed): void {
  const clouds = [...testbed.clouds.values()].filter(({ face }) => face === 'ec2');
  const keys = new Map(clouds.map((cloud) => [accessKeyOf(cloud.name).id, cloud]));
  const handle = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    answer({ testbed, keys }, request, reply);
  app.get('/', handle);
  app.post('/', handle);
}

export const face: Face = {
  name: 'ec2',
  failedBoot: 'terminated',
  serve: serveEc2,
  access({ name }, origin) {
    const { id, secret } = accessKeyOf(name);
    return { vendor: 'amazon', endpoint: origin, credentials: { access_key_id: id, secret_access_key: secret } };
  },
};

interface Served {
  readonly testbed: Testbed;
  readonly keys: ReadonlyMap<string, Cloud>;
}

async function answer(served: Served, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  // As on the real one, who comes with a browser is shown something to read.
  if (request.method === 'GET' && !request.headers.authorization && !request.raw.url?.includes('?'))
    return reply.redirect('/control');
  const requestId = served.testbed.ids.next();
  void reply.type('text/xml;charset=UTF-8');
  try {
    const { action, result } = await perform(served, request);
    return await reply.send(
      `${declaration}<${action}Response xmlns="http://ec2.amazonaws.com/doc/${version}/">${fields({ requestId, ...result })}</${action}Response>`,
    );
  } catch (error) {
    const { code, message, status } = asEc2Error(error);
    const errors = fields({ Errors: { Error: { Code: code, Message: message } }, RequestID: requestId });
    return reply.code(status).send(`${declaration}<Response>${errors}</Response>`);
  }
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

async function perform(served: Served, request: FastifyRequest): Promise<{ action: string; result: XmlFields }> {
  const { testbed } = served;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const signed = { method: request.method, url: request.raw.url ?? '/', headers: request.headers, body };
  const { cloud, region } = admit(served, signed);
  const query = Query.parse(signed.method === 'GET' ? (signed.url.split('?', 2)[1] ?? '') : body.toString());
  const action = query.require('Action');
  testbed.requests.add(cloud.name, action);
  const mishap = await mishapAt(testbed, { cloud: cloud.name, region: region.region }, request);
  if (mishap) throw mishapError(mishap);
  const run = ec2Actions.get(action);
  if (!run) throw new Ec2Error('InvalidAction', `The action ${action} is not valid for this web service.`);
  if (query.require('Version') !== version) throw invalidValue(`The testbed speaks version ${version} only.`);
  return { action, result: run({ testbed, cloud, region, query }) };
}

/** Whose request it is, and where it is meant for. @throws Ec2Error */
function admit({ testbed, keys }: Served, signed: SignedRequest): Pick<Ec2Call, 'cloud' | 'region'> {
  const secretOf = (id: string): string | undefined => {
    const cloud = keys.get(id);
    return cloud && accessKeyOf(cloud.name).secret;
  };
  const signer = verifySignature(signed, secretOf, testbed.clock.now());
  const cloud = keys.get(signer.accessKey);
  const region = cloud?.region(signer.region);
  if (cloud && region) return { cloud, region };
  throw new Ec2Error('SignatureDoesNotMatch', `Credential should be scoped to a valid region, not '${signer.region}'.`, 403);
}

function mishapError({ kind }: Mishap): Ec2Error {
  if (kind === 'rate-limit') return new Ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503);
  if (kind === 'region-down') return new Ec2Error('Unavailable', "The server is overloaded and can't handle the request.", 503);
  if (kind === 'revoked') return new Ec2Error('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  return new Ec2Error('InternalError', 'An internal error has occurred', 500);
}

function asEc2Error(error: unknown): Ec2Error {
  if (error instanceof Ec2Error) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota') {
    return new Ec2Error(
      'InstanceLimitExceeded',
      `You have requested more instances than your current instance limit allows. ${error.message}`,
    );
  }
  if (error.reason !== 'no-capacity') return new Ec2Error('IncorrectState', error.message);
  return new Ec2Error(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient capacity in the Availability Zone you requested. ${error.message}`,
    500,
  );
}
