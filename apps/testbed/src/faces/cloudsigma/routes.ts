import { listLocations, listPrices, showBalance, showCapabilities, showUsage } from './account.js';
import type { Handler } from './call.js';
import { actOnDrive, createDrives, deleteDrive, editDrive, listDrives, showDrive } from './drives.js';
import { listLibraryDrives, showLibraryDrive } from './libdrives.js';
import { listIps, listVlans, showIp, showVlan } from './networking.js';
import { actOnServer, createServers, deleteServer, editServer, listServers, listServersInDetail, showServer } from './servers.js';
import { actOnSnapshot, createSnapshots, deleteSnapshot, listSnapshots, showSnapshot } from './snapshots.js';
import { createTags, deleteTag, editTag, listTags, showTag } from './tags.js';
import { showProfile } from './user.js';

/** What the API serves, by method and path below it. */
export const routes: Readonly<Record<string, Handler>> = {
  'GET /servers/': listServers,
  'GET /servers/detail/': listServersInDetail,
  'POST /servers/': createServers,
  'GET /servers/:uuid/': showServer,
  'PUT /servers/:uuid/': editServer,
  'DELETE /servers/:uuid/': deleteServer,
  'POST /servers/:uuid/action/': actOnServer,
  'GET /drives/': listDrives,
  'GET /drives/detail/': listDrives,
  'POST /drives/': createDrives,
  'GET /drives/:uuid/': showDrive,
  'PUT /drives/:uuid/': editDrive,
  'DELETE /drives/:uuid/': deleteDrive,
  'POST /drives/:uuid/action/': actOnDrive,
  'GET /libdrives/': listLibraryDrives,
  'GET /libdrives/detail/': listLibraryDrives,
  'GET /libdrives/:uuid/': showLibraryDrive,
  'POST /libdrives/:uuid/action/': actOnDrive,
  'GET /snapshots/': listSnapshots,
  'GET /snapshots/detail/': listSnapshots,
  'POST /snapshots/': createSnapshots,
  'GET /snapshots/:uuid/': showSnapshot,
  'DELETE /snapshots/:uuid/': deleteSnapshot,
  'POST /snapshots/:uuid/action/': actOnSnapshot,
  'GET /tags/': listTags,
  'GET /tags/detail/': listTags,
  'POST /tags/': createTags,
  'GET /tags/:uuid/': showTag,
  'PUT /tags/:uuid/': editTag,
  'DELETE /tags/:uuid/': deleteTag,
  'GET /ips/': listIps,
  'GET /ips/detail/': listIps,
  'GET /ips/:uuid/': showIp,
  'GET /vlans/': listVlans,
  'GET /vlans/detail/': listVlans,
  'GET /vlans/:uuid/': showVlan,
  'GET /balance/': showBalance,
  'GET /profile/': showProfile,
  'GET /pricing/': listPrices,
  'GET /currentusage/': showUsage,
  'GET /capabilities/': showCapabilities,
  'GET /locations/': listLocations,
};
