import type { FastifyInstance } from 'fastify';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { monitoring } from './cloudwatch/index.js';
import { amazon } from './dialect.js';
import { invalidValue } from './ec2-error.js';
import { actionNamed } from './actions/index.js';
import { servePricing } from './pricing/index.js';
import { Doorkeeper, type QueryService, serveQuery } from './query-service.js';
import { scopeOf } from './scope.js';
import { ec2Words } from './words.js';

const version = '2016-11-15';

/**
 * The EC2 query protocol (API version 2016-11-15) for every cloud that wears this face. One URL serves all of them: the access key tells
 * the cloud, the scope of the signature the region. Beside it, below paths of their own, what has hosts of its own at Amazon: CloudWatch
 * at `/monitoring/`, the price list at `/pricing/`.
 */
function serveEc2(app: FastifyInstance, testbed: Testbed): void {
  const door = new Doorkeeper(testbed, 'ec2');
  showBrowsersAround(app);
  serveQuery(app, '/', computing(testbed, door));
  serveQuery(
    app,
    '/monitoring',
    monitoring(testbed, (request) => scopeOf(testbed, door, request, 'monitoring')),
  );
  servePricing(app, testbed, door);
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

const computing = (testbed: Testbed, door: Doorkeeper): QueryService => ({
  testbed,
  admit: (request) => scopeOf(testbed, door, request, 'ec2'),
  perform: (call, action) => {
    const run = actionNamed(action);
    if (call.query.require('Version') !== version) throw invalidValue(`The testbed speaks version ${version} only.`);
    return run({ ...call, dialect: amazon });
  },
  words: ec2Words,
});

/** As on the real one, who comes with a browser is shown something to read. */
function showBrowsersAround(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'GET' && request.raw.url === '/' && !request.headers.authorization) void reply.redirect('/control');
    else done();
  });
}
