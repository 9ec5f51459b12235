import type { Handler } from './call.js';
import { createDrive, destroyDrive, imageDrive, listDrives, setDrive, showDrive, showDrives } from './drives.js';
import { createResource, destroyResource, listResources, setResource, showResource, showResources } from './resources.js';
import { createServer, createStoppedServer, destroyServer, listServers, resetServer, setServer } from './servers.js';
import { showServer, showServers, shutDownServer, startServer, stopServer } from './servers.js';
import { listStandardDrives, showStandardDrives } from './standard-drives.js';

const showProfile: Handler = ({ user, cloud }) => ({
  thing: { currency: 'USD', email: `${cloud.name}@testbed.example`, first_name: 'Test', last_name: 'Bed', uuid: user },
});

/** The commands, by method and path below an availability zone's endpoint (HTTP API). */
export const routes: Readonly<Record<string, Handler>> = {
  'GET /drives/list': listDrives,
  'GET /drives/info': showDrives,
  'GET /drives/list/standard': listStandardDrives,
  'GET /drives/info/standard': showStandardDrives,
  'GET /drives/:drive/info': showDrive,
  'POST /drives/create': createDrive,
  'POST /drives/:drive/set': setDrive,
  'POST /drives/:drive/destroy': destroyDrive,
  'POST /drives/:drive/image/:source': imageDrive,
  'POST /drives/:drive/image/:source/:conversion': imageDrive,
  'GET /servers/list': listServers,
  'GET /servers/info': showServers,
  'GET /servers/:server/info': showServer,
  'POST /servers/create': createServer,
  'POST /servers/create/stopped': createStoppedServer,
  'POST /servers/:server/set': setServer,
  'POST /servers/:server/start': startServer,
  'POST /servers/:server/stop': stopServer,
  'POST /servers/:server/shutdown': shutDownServer,
  'POST /servers/:server/reset': resetServer,
  'POST /servers/:server/destroy': destroyServer,
  'GET /resources/list': listResources,
  'GET /resources/info': showResources,
  'GET /resources/:type/list': listResources,
  'GET /resources/:type/info': showResources,
  'GET /resources/:type/:resource/info': showResource,
  'POST /resources/:type/create': createResource,
  'POST /resources/:type/:resource/set': setResource,
  'POST /resources/:type/:resource/destroy': destroyResource,
  'GET /profile/info': showProfile,
};
