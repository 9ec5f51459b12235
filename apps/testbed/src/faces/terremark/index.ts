import { passwordOf } from '../credentials.js';
import type { Face } from '../face.js';
import { KeptThings } from '../../cloud/kept-things.js';
import { logIn, showCatalog, showItem, showNetwork, showOrganization, showTemplate, showVdc } from './browsing.js';
import { type Route, serveExpress } from './service.js';
import { listTasks, showTask, type Task } from './tasks.js';
import { configure, deleteVApp, deploy, instantiate, powerOff, powerOn, reset, showVApp, shutDown } from './vapps.js';

const routes: readonly Route[] = [
  { method: 'POST', path: '/login', handle: logIn },
  { method: 'GET', path: '/org/:id', handle: showOrganization },
  { method: 'GET', path: '/vdc/:id', handle: showVdc },
  { method: 'GET', path: '/vdc/:id/catalog', handle: showCatalog },
  { method: 'GET', path: '/catalogItem/:id', handle: showItem },
  { method: 'GET', path: '/vAppTemplate/:id', handle: showTemplate },
  { method: 'GET', path: '/network/:id', handle: showNetwork },
  { method: 'GET', path: '/task/:id', handle: showTask },
  { method: 'GET', path: '/tasksList/:id', handle: listTasks },
  { method: 'POST', path: '/vdc/:id/action/instantiateVAppTemplate', handle: instantiate },
  { method: 'GET', path: '/vapp/:id', handle: showVApp },
  { method: 'PUT', path: '/vapp/:id', handle: configure },
  { method: 'DELETE', path: '/vapp/:id', handle: deleteVApp },
  { method: 'POST', path: '/vapp/:id/action/deploy', handle: deploy },
  { method: 'POST', path: '/vapp/:id/power/action/powerOn', handle: powerOn },
  { method: 'POST', path: '/vapp/:id/power/action/powerOff', handle: powerOff },
  { method: 'POST', path: '/vapp/:id/power/action/shutdown', handle: shutDown },
  { method: 'POST', path: '/vapp/:id/power/action/reset', handle: reset },
];

/**
 * Terremark vCloud Express, API 0.8, at `/<cloud>/api/v0.8`. The service has ended and its documents with it: what is here is what its
 * public clients (libcloud, fog, jclouds, VCL) have recorded of it. A region is a virtual data center, a machine a vApp, both numbered.
 */
export const face: Face = {
  name: 'terremark',
  failedBoot: 'error',
  serve(app, testbed) {
    const tasks = new KeptThings<Task>(testbed.disk, 'terremark-task');
    for (const cloud of testbed.clouds.values())
      if (cloud.face === face.name) serveExpress(app, { testbed, tasks, cloud }, routes);
  },
  access: ({ name }, origin) => ({ vendor: name, endpoint: `${origin}/${name}`, credentials: passwordOf(name) }),
};
