import type { Instance } from '../../cloud/instance.js';
import { type Call, type Handler, passes, required } from './call.js';
import { invalid, notFound } from './fault.js';
import { createVirtualServer, jobStates, type Option, virtualServer } from './options.js';
import { serversOf } from './find-server.js';

/** Jobs are what a client learns of a server that did not come up from: it is `Off`, and the job that was to add it `Fatal`. */
export const listJobs: Handler = (call) => {
  const object = call.params.get('object');
  return serversOf(call)
    .filter(({ id, name }) => object === null || object === id || object === name)
    .filter((server) => passes(call, 'job.state', stateOf(server)) && passes(call, 'job.objecttype', virtualServer))
    .map((server) => jobView(call, server));
};

export const getJobs: Handler = (call) => {
  const wanted = [...call.params.getAll('id'), ...call.params.getAll('job')];
  if (wanted.length === 0) throw invalid(`Missing required parameter: ${required(call, 'id')}`);
  const servers = serversOf(call);
  return wanted.map((id) => {
    const server = servers.find(({ labels }) => labels.job === id);
    if (!server) throw notFound();
    return jobView(call, server);
  });
};

function stateOf({ state, launchedAt }: Instance): Option {
  if (state === 'error') return jobStates.fatal;
  return launchedAt === null ? jobStates.processing : jobStates.succeeded;
}

function jobView({ cloud }: Call, server: Instance) {
  const id = Number(server.labels.job);
  const state = stateOf(server);
  const updated = server.launchedAt ?? server.endedAt ?? server.createdAt;
  return {
    id,
    object: 'job',
    command: createVirtualServer,
    objecttype: virtualServer,
    currentstate: state,
    createdon: server.createdAt,
    lastupdatedon: updated,
    attempts: 1,
    owner: `${cloud.name}@api.gogrid.com`,
    history: [
      { id: id * 10, state: jobStates.processing, note: null, updatedon: server.createdAt },
      ...(state === jobStates.processing
        ? []
        : [{ id: id * 10 + 1, state, note: server.fault?.message ?? null, updatedon: updated }]),
    ],
    detail: {
      name: server.name,
      description: server.labels.description,
      image: server.image,
      ip: server.labels.ip,
      type: 'virtual_server',
      'server.ram': server.size,
      id: server.id,
    },
  };
}
