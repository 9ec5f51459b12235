import type { FastifyError } from 'fastify';
import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { serveAccounts } from './accounts.js';
import { Api, sendError } from './api.js';
import { serveCatalogue } from './catalogue.js';
import { serveCloudIps } from './cloud-ips.js';
import { BrightboxError } from './errors.js';
import { serveImages } from './images.js';
import { serveServers } from './servers.js';
import { clientIdOf, serveToken } from './token.js';
import { serveVolumes } from './volumes.js';

/** Brightbox API 1.0: `/<cloud>/token`, and `/<cloud>/1.0` for everything else. */
export const face: Face = {
  name: 'brightbox',
  failedBoot: 'error',
  serve(app, testbed) {
    app.setErrorHandler((error: FastifyError, _request, reply) =>
      sendError(reply, new BrightboxError(error.statusCode ?? 500, 'invalid_request', error.message)),
    );
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'brightbox') continue;
      serveToken(app, testbed, cloud);
      const api = new Api(app, testbed, cloud);
      for (const serve of [serveCatalogue, serveImages, serveServers, serveVolumes, serveCloudIps, serveAccounts]) serve(api);
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'brightbox',
    endpoint: `${origin}/${name}`,
    credentials: { client: clientIdOf(name), secret: accessKeyOf(name).secret },
  }),
};
