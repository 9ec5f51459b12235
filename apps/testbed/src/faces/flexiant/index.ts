import type { FastifyError } from 'fastify';
import { KeptThings } from '../../cloud/kept-things.js';
import type { Face } from '../face.js';
import { getToken, userOf } from './authentication.js';
import { UserApi } from './call.js';
import { createServer } from './create-server.js';
import { attachDisk, createDisk, detachDisk } from './disks.js';
import { createImage, createSnapshot } from './images.js';
import { type Job, waitForJob } from './jobs.js';
import { getMeasuredValues } from './measurement.js';
import { createNetwork } from './networks.js';
import { attachNic, createNic, detachNic } from './nics.js';
import { customerOf } from './places.js';
import { deleteResource, getResource, listResources } from './resources.js';
import { addKey, changeStatus, modifyServer, openVnc, updateMetadata } from './server-actions.js';
import type { ServerRecord } from './server-record.js';
import { attachSshKey, createSshKey, type SshKey } from './ssh-keys.js';

/**
 * The user API of Flexiant Cloud Orchestrator 5.0 at `/<cloud>/rest/user/current/`: what is asked of it becomes a job, and resources are
 * found by filters. A region is a cluster, a zone a virtual data centre of it.
 */
export const face: Face = {
  name: 'flexiant',
  failedBoot: 'error',
  serve(app, testbed) {
    const kept = {
      jobs: new KeptThings<Job>(testbed.disk, 'flexiant job'),
      servers: new KeptThings<ServerRecord>(testbed.disk, 'flexiant server'),
      sshKeys: new KeptThings<SshKey>(testbed.disk, 'flexiant ssh key'),
    };
    app.setErrorHandler((error: FastifyError, _request, reply) =>
      reply.code(error.statusCode ?? 500).send({ errorCode: 'INVALID_PARAMETERS', message: error.message }),
    );
    for (const cloud of testbed.clouds.values()) if (cloud.face === 'flexiant') serve(new UserApi(app, testbed, kept, cloud));
  },
  access: ({ name }, origin) => ({
    vendor: 'flexiant',
    endpoint: `${origin}/${name}`,
    credentials: { ...userOf(name), customer: customerOf(name) },
  }),
};

function serve(api: UserApi): void {
  api.on('GET', 'authentication', getToken);
  api.on('GET', 'resources/:type/list', listResources);
  api.on('POST', 'resources/:type/list', listResources);
  api.on('GET', 'resources/:type/:id', getResource);
  api.on('DELETE', 'resources/:type/:id', deleteResource);
  api.on('GET', 'resources/job/:id/wait', waitForJob);
  api.on('GET', 'resources/measurement/timestamp/:timestamp', getMeasuredValues);
  api.on('POST', 'resources/server', createServer);
  api.on('PUT', 'resources/server/:id', modifyServer);
  api.on('PUT', 'resources/server/:id/change_status', changeStatus);
  api.on('PUT', 'resources/server/:id/vnc/open', openVnc);
  api.on('PUT', 'resources/server/:id/disk/:disk/attach', attachDisk);
  api.on('PUT', 'resources/server/:id/disk/:disk/detach', detachDisk);
  api.on('PUT', 'resources/server/:id/nic/:nic/attach', attachNic);
  api.on('PUT', 'resources/server/:id/nic/:nic/detach', detachNic);
  api.on('PUT', 'resources/server/:id/sshkey/:key/attach', attachSshKey);
  api.on('PUT', 'resources/:id/metadata', updateMetadata);
  api.on('POST', 'resources/:id/key', addKey);
  api.on('POST', 'resources/disk', createDisk);
  api.on('POST', 'resources/nic', createNic);
  api.on('POST', 'resources/network', createNetwork);
  api.on('POST', 'resources/sshkey', createSshKey);
  api.on('POST', 'resources/image', createImage);
  api.on('POST', 'resources/snapshot', createSnapshot);
}
