import type { FastifyInstance } from 'fastify';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import { Ec2Error } from '../ec2/ec2-error.js';
import type { Query } from '../ec2/query.js';
import { Doorkeeper, type Scope, serveQuery } from '../ec2/query-service.js';
import type { SignedRequest } from '../ec2/signature.js';
import { SignatureProblem, verifySignatureV2 } from '../ec2/signature-v2.js';
import type { Face } from '../face.js';
import { actionNamed } from './actions.js';
import { nimbusWords } from './words.js';

const lifeMs = 5 * 60_000;

/**
 * Nimbus 2.10: its query frontend to EC2's protocol, which has a port of its own (8444) and no path there; here it is at `/nimbus`.
 * Signature Version 2; whatever Version is asked for, it answers as of 2010-08-31 (nimbusproject/nimbus, messaging/query).
 */
function serveNimbus(app: FastifyInstance, testbed: Testbed): void {
  const door = new Doorkeeper(testbed, 'nimbus');
  serveQuery(app, '/nimbus', {
    testbed,
    admit: (request, query) => scopeOf(testbed, door, request, query),
    perform: (call, action) => actionNamed(action)(call),
    words: nimbusWords,
  });
}

export const face: Face = {
  name: 'nimbus',
  failedBoot: 'terminated',
  serve: serveNimbus,
  access({ name }, origin) {
    const { id, secret } = accessKeyOf(name);
    return { vendor: 'nimbus', endpoint: `${origin}/nimbus`, credentials: { access_key_id: id, secret_access_key: secret } };
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
    throw error instanceof SignatureProblem ? new Ec2Error(codes[error.kind], error.message) : error;
  }
}

/** QueryError and QueryAuthenticationFilter of its source. All of them come with status 400. */
const codes: Readonly<Record<SignatureProblem['kind'], string>> = {
  missing: 'MissingClientTokenId',
  incomplete: 'InvalidArgument',
  'unknown-key': 'InvalidClientTokenId',
  mismatch: 'SignatureDoesNotMatch',
  expired: 'RequestExpired',
};
