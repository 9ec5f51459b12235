import type { FastifyInstance } from 'fastify';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import { monitoring } from '../ec2/cloudwatch/index.js';
import { Ec2Error, invalidValue } from '../ec2/ec2-error.js';
import type { Query } from '../ec2/query.js';
import { Doorkeeper, type QueryService, type Scope, serveQuery } from '../ec2/query-service.js';
import type { SignedRequest } from '../ec2/signature.js';
import { SignatureProblem, verifySignatureV2 } from '../ec2/signature-v2.js';
import { ec2Words } from '../ec2/words.js';
import type { Face } from '../face.js';
import { actionNamed } from './actions.js';
import { eucalyptus } from './images.js';

const path = '/services/Eucalyptus';
/** Those that its messages are bound for (clc/modules/msgs, the bindings of release 4). */
const versions = /^20(0[6-9]|1[0-6])-\d\d-\d\d$/;
const lifeMs = 15 * 60_000;

/**
 * Eucalyptus 4 without VPC (network mode EDGE): EC2's query protocol at a path of its own, Signature Version 2, and one region for each
 * cloud, which the access key tells. CloudWatch is there beside it.
 */
function serveEucalyptus(app: FastifyInstance, testbed: Testbed): void {
  const door = new Doorkeeper(testbed, 'eucalyptus');
  const admit = (request: SignedRequest, query: Query): Scope => scopeOf(testbed, door, request, query);
  const computing: QueryService = {
    testbed,
    admit,
    perform: (call, action) => {
      const run = actionNamed(action);
      const version = call.query.require('Version');
      if (!versions.test(version)) throw invalidValue(`The version '${version}' is not supported.`);
      return run({ ...call, dialect: eucalyptus });
    },
    words: ec2Words,
  };
  serveQuery(app, path, computing);
  serveQuery(app, '/services/CloudWatch', monitoring(testbed, admit));
}

export const face: Face = {
  name: 'eucalyptus',
  failedBoot: 'terminated',
  serve: serveEucalyptus,
  access({ name }, origin) {
    const { id, secret } = accessKeyOf(name);
    const credentials = { access_key_id: id, secret_access_key: secret };
    return { vendor: 'eucalyptus', endpoint: `${origin}${path}`, credentials };
  },
};

function scopeOf(testbed: Testbed, door: Doorkeeper, request: SignedRequest, query: Query): Scope {
  try {
    const { secretOf } = door;
    const cloud = door.cloudOf(verifySignatureV2(request, query, { secretOf, now: testbed.clock.now(), lifeMs }));
    const region = cloud?.profile.regions[0];
    if (cloud && region) return { cloud, region };
    throw new SignatureProblem('unknown-key', 'The access key is not known.');
  } catch (error) {
    throw error instanceof SignatureProblem ? inWords(error) : error;
  }
}

function inWords({ kind, message }: SignatureProblem): Ec2Error {
  if (kind === 'mismatch') return new Ec2Error('SignatureDoesNotMatch', message, 403);
  if (kind === 'expired') return new Ec2Error('RequestExpired', message);
  if (kind === 'unknown-key') return new Ec2Error('AuthFailure', message, 401);
  return new Ec2Error(kind === 'missing' ? 'MissingAuthenticationToken' : 'IncompleteSignature', message, 403);
}
