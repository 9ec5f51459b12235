import type { Instance } from '../../cloud/instance.js';
import { badRequest } from './fault.js';
import { findServer, visibleServers } from './find-server.js';
import { pageAfter } from './paging.js';
import { serverLinks, serverView, statusOf } from './server-view.js';
import type { Answer, Call, Handler } from './service.js';

export const listServersInDetail: Handler = (call) => list(call, '/servers/detail', (server) => serverView(call, server));

export const listServers: Handler = (call) =>
  list(call, '/servers', ({ id, name }) => ({ id, name, links: serverLinks(call, id) }));

export const showServer: Handler = (call) => ({ body: { server: serverView(call, findServer(call)) } });

export const deleteServer: Handler = (call) => {
  const server = findServer(call);
  if (server.state !== 'deleting') call.testbed.fleet.act(server, 'delete');
  return { status: 204 };
};

function list(call: Call, path: string, view: (server: Instance) => unknown): Answer {
  const newestFirst = visibleServers(call).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  const { items, next } = pageAfter(filtered(newestFirst, call.query), call);
  const links = next === null ? {} : { servers_links: [{ rel: 'next', href: `${call.root}${path}?${next}` }] };
  return { body: { servers: items.map(view), ...links } };
}

/** Nova reads a name as a regular expression that may match anywhere; filters it does not know are ignored. */
function filtered(servers: readonly Instance[], query: URLSearchParams): Instance[] {
  const name = patternOf(query.get('name'));
  const status = query.get('status')?.toUpperCase();
  const image = query.get('image');
  return servers.filter(
    (server) =>
      (name?.test(server.name) ?? true) &&
      (status === undefined || statusOf(server).status === status) &&
      (image === null || server.image === image),
  );
}

function patternOf(name: string | null): RegExp | null {
  try {
    return name === null ? null : new RegExp(name);
  } catch {
    throw badRequest(`Invalid input for query parameters name. Value: ${String(name)}.`);
  }
}
