import type { FastifyInstance } from 'fastify';
import type { Testbed } from '../../testbed.js';
import { serveCinder } from './cinder.js';
import { serveGlance } from './glance.js';
import { serveKeystone } from './keystone.js';
import { serveNeutron } from './neutron.js';
import { serveNova } from './nova.js';
import type { Tokens } from './tokens.js';

/** OpenStack as of Zed, for every cloud that wears this face: `/<cloud>/identity/v3`, and the other services as its catalogue says. */
export function serveOpenStack(app: FastifyInstance, testbed: Testbed, tokens: Tokens): void {
  serveKeystone(app, testbed, tokens);
  const shared = { app, testbed, tokens };
  serveNova(shared);
  serveGlance(shared);
  serveNeutron(shared);
  serveCinder(shared);
}
