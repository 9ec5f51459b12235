import type { FastifyRequest } from 'fastify';
import { passwordOf } from '../credentials.js';
import { basicCredentials } from '../request.js';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import type { Testbed } from '../../testbed.js';
import type { Handler } from './call.js';
import { unauthorised } from './fco-error.js';
import { customerOf } from './places.js';

export const userOf = (cloud: string): { email: string; password: string } => {
  const { username, password } = passwordOf(cloud);
  return { email: `${username}@example.org`, password };
};

export const userIdOf = (cloud: string): string => uuidOf(`${cloud} user`);

/**
 * Basic authentication: `email/customerUUID` and the password (the user's UUID does for the email), or a token and no password, which
 * gives no further token. @throws FcoError 401
 */
export function admit({ sessions }: Testbed, { name }: Cloud, request: FastifyRequest, asksForToken: boolean): void {
  const { user, password } = basicCredentials(request) ?? { user: '', password: '' };
  const own = userOf(name);
  const names = [own.email, userIdOf(name)].map((known) => `${known}/${customerOf(name)}`);
  if (names.includes(user) && password === own.password) return;
  if (!asksForToken && password === '' && sessions.isValid(user, name)) return;
  throw unauthorised();
}

export const getToken: Handler = ({ testbed, cloud }) => {
  const { id, expiresAt } = testbed.sessions.issue(cloud.name);
  const customerUUID = customerOf(cloud.name);
  const userUUID = userIdOf(cloud.name);
  return {
    body: {
      publicToken: id,
      expires: Math.floor(expiresAt / 1000),
      automaticRenewal: false,
      renewalAmount: 0,
      customerUUID,
      userUUID,
      creatorCustomerUUID: customerUUID,
      creatorUserUUID: userUUID,
    },
  };
};
