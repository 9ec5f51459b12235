import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../../cloud/cloud.js';
import type { Testbed } from '../../../testbed.js';
import { bodyText } from '../../request.js';
import { type Mishap, mishapAt } from '../../mishap.js';
import { Ec2Error } from '../ec2-error.js';
import { type Doorkeeper, signedRequestOf } from '../query-service.js';
import { verifySignature } from '../signature.js';
import { getProducts } from './get-products.js';
import { PricingError } from './pricing-error.js';

const service = 'AWSPriceListService';
const contentType = 'application/x-amz-json-1.1';
/** The regions that Amazon has the price list in (General reference, AWS Price List endpoints). Each has the prices of all. */
const homes = ['us-east-1', 'eu-central-1', 'ap-south-1'];

interface Served {
  readonly testbed: Testbed;
  readonly door: Doorkeeper;
}

/** The Price List query API: JSON 1.1, the action in X-Amz-Target. At Amazon it has a host of its own, api.pricing.us-east-1.amazonaws.com. */
export function servePricing(app: FastifyInstance, testbed: Testbed, door: Doorkeeper): void {
  app.post('/pricing', (request, reply) => answer({ testbed, door }, request, reply));
}

async function answer(served: Served, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  void reply.type(contentType).header('x-amzn-requestid', served.testbed.ids.next());
  try {
    const { testbed } = served;
    const cloud = admit(served, request);
    const action = actionOf(request);
    testbed.requests.add(cloud.name, action);
    const mishap = await mishapAt(testbed, { cloud: cloud.name }, request);
    if (mishap) throw mishapError(mishap);
    if (action !== 'GetProducts') throw new PricingError('UnknownOperationException', `There is no operation ${action}.`);
    return await reply.send(JSON.stringify(getProducts({ testbed, cloud }, readJson(request))));
  } catch (error) {
    if (!(error instanceof PricingError)) throw error;
    return reply.code(error.status).send(JSON.stringify({ __type: error.code, Message: error.message }));
  }
}

function admit({ testbed, door }: Served, request: FastifyRequest): Cloud {
  try {
    const signer = verifySignature(signedRequestOf(request), door.secretOf, testbed.clock.now(), 'pricing');
    const cloud = door.cloudOf(signer.accessKey);
    if (cloud && homes.includes(signer.region)) return cloud;
    throw new PricingError('InvalidSignatureException', `Credential should be scoped to a valid region, not '${signer.region}'.`);
  } catch (error) {
    if (error instanceof Ec2Error) throw asPricingError(error);
    throw error;
  }
}

/** What JSON services call what the query protocol calls otherwise. */
function asPricingError({ code, message }: Ec2Error): PricingError {
  if (code === 'AuthFailure') return unknownKey();
  if (code === 'SignatureDoesNotMatch' || code === 'RequestExpired')
    return new PricingError('InvalidSignatureException', message);
  return new PricingError(`${code}Exception`, message);
}

const unknownKey = (): PricingError =>
  new PricingError('UnrecognizedClientException', 'The security token included in the request is invalid.');

function actionOf(request: FastifyRequest): string {
  const target = request.headers['x-amz-target'];
  const [name, action] = typeof target === 'string' ? target.split('.', 2) : [];
  if (name === service && action !== undefined && request.headers['content-type'] === contentType) return action;
  throw new PricingError('UnknownOperationException', 'The request names no operation of this service.');
}

function readJson(request: FastifyRequest): unknown {
  try {
    return JSON.parse(bodyText(request));
  } catch {
    throw new PricingError('SerializationException', 'The request is not JSON.');
  }
}

function mishapError({ kind }: Mishap): PricingError {
  if (kind === 'rate-limit') return new PricingError('ThrottlingException', 'Rate exceeded');
  if (kind === 'region-down')
    return new PricingError('ServiceUnavailableException', 'The service is unavailable. Please try again later.', 503);
  if (kind === 'revoked') return unknownKey();
  return new PricingError(
    'InternalErrorException',
    'An error on the server occurred during the processing of your request. Try again later.',
    500,
  );
}
