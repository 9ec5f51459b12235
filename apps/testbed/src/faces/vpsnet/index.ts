import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { CloudRoutes } from '../protocol.js';
import { serveClouds } from './clouds.js';
import { serveMachines } from './machines.js';
import { vpsnet } from './vpsnet.js';

/** VPS.net's API 1.0: `.api10json` resources below `/<cloud>`, HTTP Basic with e-mail address and API key. Its clouds are regions of ours. */
export const face: Face = {
  name: 'vpsnet',
  failedBoot: 'error',
  serve(app, testbed) {
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'vpsnet') continue;
      const routes = new CloudRoutes(app, testbed, cloud, vpsnet);
      serveClouds(routes);
      serveMachines(routes);
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'vpsnet',
    endpoint: `${origin}/${name}`,
    credentials: { email: emailOf(name), api_key: accessKeyOf(name).secret },
  }),
};

const emailOf = (cloud: string): string => `${cloud}@testbed.example`;
