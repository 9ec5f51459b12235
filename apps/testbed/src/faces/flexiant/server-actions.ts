import { Type } from '@sinclair/typebox';
import type { Action } from '../../cloud/instance.js';
import { readBody } from './body.js';
import type { Answer, Call, Handler } from './call.js';
import { badRequest, FcoError, notFound } from './fco-error.js';
import { offerFor } from './create-server.js';
import { accepted } from './jobs.js';
import { recordOf, serverCalled, serverView } from './servers.js';

const Status = Type.Object({ newStatus: Type.String(), safe: Type.Boolean() });

interface Change {
  readonly action: Action;
  readonly job: string;
}

/** FCO API, changeServerStatus: «start, stop, kill or reboot», named by the status that follows. */
const changes: Readonly<Record<string, Change>> = {
  RUNNING: { action: 'start', job: 'START_SERVER' },
  STOPPED: { action: 'stop', job: 'SHUTDOWN_SERVER' },
  REBOOTING: { action: 'reboot', job: 'REBOOT_SERVER' },
};

export const changeStatus: Handler = (call) => {
  const { newStatus } = readBody(Status, call);
  const change = changes[newStatus];
  if (!change) throw badRequest(`A server cannot be asked to be '${newStatus}'`);
  const server = serverCalled(call, call.params.id ?? '');
  call.testbed.fleet.act(server, change.action);
  return accepted(call, server, change.job, itemOf(server));
};

const Modified = Type.Object({
  updatedResource: Type.Object({
    resourceUUID: Type.String(),
    resourceName: Type.String({ minLength: 1 }),
    productOfferUUID: Type.String(),
    cpu: Type.Optional(Type.Union([Type.Null(), Type.Integer()])),
    ram: Type.Optional(Type.Union([Type.Null(), Type.Integer()])),
  }),
});

/** The whole server is given back, changed; its size only changes while it is stopped: the cluster has no CAN_INCREASE_… of any kind. */
export const modifyServer: Handler = (call) => {
  const { updatedResource: wish } = readBody(Modified, call);
  const server = serverCalled(call, call.params.id ?? '');
  if (wish.resourceUUID !== server.id) throw badRequest('updatedResource is another resource');
  const region = call.cloud.region(server.region);
  if (!region) throw notFound(`SERVER ${server.id}`);
  const { size } = offerFor(call, { region }, wish);
  if (size.name !== server.size) call.testbed.fleet.changeSize(server, size.name);
  return accepted(call, server, 'MODIFY_SERVER', itemOf(server));
};

/** Its interfaces and disks go with it where that is asked for; without, it must have none. */
export function deleteServer(call: Call, id: string, cascade: boolean): Answer {
  const server = serverCalled(call, id);
  const { fleet, volumes, interfaces } = call.testbed;
  const disks = volumes.of(server);
  if (!cascade) throw new FcoError(409, 'RESOURCE_HAS_CHILDREN', `Server ${id} has disks; delete it with cascade`);
  if (server.state !== 'deleting') {
    fleet.act(server, 'delete');
    volumes.release(server);
    for (const { id: disk } of disks) {
      const volume = volumes.all().find((candidate) => candidate.id === disk);
      if (volume) volumes.delete(volume);
    }
    for (const added of interfaces.of(server)) interfaces.forget(added);
  }
  return accepted(call, server, 'DELETE_SERVER', itemOf(server));
}

const Metadata = Type.Object({
  resourceMetadata: Type.Object({ publicMetadata: Type.Optional(Type.Union([Type.Null(), Type.String()])) }),
});

export const updateMetadata: Handler = (call) => {
  const { resourceMetadata } = readBody(Metadata, call);
  const server = serverCalled(call, call.params.id ?? '');
  call.kept.servers.save({ ...recordOf(call, server), publicMetadata: resourceMetadata.publicMetadata ?? '' });
  return { body: true };
};

const Key = Type.Object({
  resourceKey: Type.Object({ name: Type.String({ minLength: 1 }), value: Type.Union([Type.Null(), Type.String()]) }),
});

export const addKey: Handler = (call) => {
  const { resourceKey } = readBody(Key, call);
  const server = serverCalled(call, call.params.id ?? '');
  call.testbed.fleet.relabel(server, { ...server.labels, [resourceKey.name]: resourceKey.value ?? '' });
  return { body: serverView(call, serverCalled(call, server.id), true) };
};

const Console = Type.Object({ handlerType: Type.Union([Type.Literal('ANY'), Type.Literal('RAW'), Type.Literal('GUACAMOLE')]) });

/** A screen to look at: there is no text of a console. */
export const openVnc: Handler = (call) => {
  readBody(Console, call);
  const server = serverCalled(call, call.params.id ?? '');
  if (server.state !== 'running') throw new FcoError(409, 'INVALID_STATE', `Server ${server.id} does not run`);
  return {
    body: { handlerType: 'RAW', ipAddress: server.address, port: 5900, token: server.id.slice(0, 8), serverUUID: server.id },
  };
};

const itemOf = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, type: 'SERVER', name });
