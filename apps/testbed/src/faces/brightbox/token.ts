import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import { digest } from '../../cloud/digest.js';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import { mishapAt } from '../mishap.js';
import { basicCredentials } from '../request.js';
import { regionOf, sendError } from './api.js';
import { asBrightboxError, BrightboxError, invalidClient, mishapError } from './errors.js';

export const clientIdOf = (cloud: string): string => `cli-${digest(`${cloud} client`, 5)}`;

/** `none` is what API clients have asked for from the beginning, `client_credentials` what RFC 6749 came to call it. */
const grants = ['none', 'client_credentials'];

/** POST /token (Brightbox API 1.0, Authentication): two hours of access for an API client's secret. */
export function serveToken(app: FastifyInstance, testbed: Testbed, cloud: Cloud): void {
  app.post(`/${cloud.name}/token`, async (request, reply) => {
    try {
      testbed.requests.add(cloud.name, 'POST /token');
      const mishap = await mishapAt(testbed, { cloud: cloud.name, region: regionOf(cloud).region }, request);
      if (mishap) throw mishapError(mishap, invalidClient);
      checkClient(cloud, request);
      return await reply
        .header('cache-control', 'no-store')
        .send({ access_token: testbed.sessions.issue(cloud.name).id, expires_in: 7200 });
    } catch (error) {
      return sendError(reply, asBrightboxError(error));
    }
  });
}

function checkClient({ name }: Cloud, request: FastifyRequest): void {
  const { user, password } = basicCredentials(request) ?? {};
  if (user !== clientIdOf(name) || password !== accessKeyOf(name).secret) throw invalidClient();
  const { client_id: client, grant_type: grant } = (request.body ?? {}) as { client_id?: unknown; grant_type?: unknown };
  if (client !== user) throw new BrightboxError(400, 'invalid_client', 'The client identifier provided is invalid.', 'Basic');
  if (typeof grant !== 'string' || !grants.includes(grant))
    throw new BrightboxError(
      400,
      'unauthorized_client',
      'The authenticated client is not authorized to use the access grant type provided.',
      'Basic',
    );
}
