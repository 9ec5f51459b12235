import type { FastifyInstance } from 'fastify';
import type { Testbed } from '../../testbed.js';
import { passwordOf } from '../credentials.js';
import type { Face } from '../face.js';
import { KeptThings } from '../../cloud/kept-things.js';
import {
  listOrganizations,
  logIn,
  logOut,
  showNetwork,
  showOrganization,
  showSession,
  showVdc,
  showVersions,
} from './browsing.js';
import { addItem, deleteItem, showCatalog, showItem } from './catalogs.js';
import { changeCpu, changeDisks, changeMemory, showCpu, showDisks, showHardware, showMemory } from './hardware.js';
import { instantiate } from './instantiate.js';
import { deleteMetadata, listMetadata, mergeMetadata, putMetadata, showMetadata } from './metadata.js';
import { organizationName } from './names.js';
import {
  deleteVApp,
  deploy,
  discardSuspendedState,
  powerOff,
  powerOn,
  reboot,
  reset,
  shutDown,
  suspend,
  undeploy,
} from './power.js';
import { changeProducts, showProducts } from './products.js';
import { packaged, query } from './query.js';
import {
  changeConnections,
  changeCustomization,
  changeNetworkConfig,
  rename,
  showConnections,
  showCustomization,
  showNetworkConfig,
} from './sections.js';
import { type Keeping, Service } from './service.js';
import { showTask } from './tasks.js';
import { captureVApp, deleteTemplate, showTemplate } from './templates.js';
import { showVApp } from './vapp-view.js';

/**
 * vCloud Director 1.5 at `/<cloud>/api`. A region is a virtual datacenter of the one organization; a machine is a vApp of one virtual
 * machine, and `vapp-<uuid>` its id. Independent disks and snapshots came with 5.1 and are not here.
 */
export const face: Face = {
  name: 'vcloud',
  failedBoot: 'error',
  serve(app, testbed) {
    const { disk } = testbed;
    const keeping: Keeping = {
      vApps: new KeptThings(disk, 'vcloud-vapp'),
      tasks: new KeptThings(disk, 'vcloud-task'),
      items: new KeptThings(disk, 'vcloud-catalog-item'),
    };
    serveClouds(app, testbed, keeping);
  },
  access: ({ name }, origin) => ({
    vendor: name,
    endpoint: `${origin}/${name}/api`,
    credentials: { ...passwordOf(name), organization: organizationName },
  }),
};

function serveClouds(app: FastifyInstance, testbed: Testbed, keeping: Keeping): void {
  for (const cloud of testbed.clouds.values()) {
    if (cloud.face !== face.name) continue;
    const service = new Service(app, { testbed, keeping, cloud });
    serveBrowsing(service);
    serveTemplates(service);
    serveVApps(service);
    serveSections(service);
  }
}

function serveBrowsing(service: Service): void {
  service.open('/versions', showVersions);
  service.login('/sessions', logIn);
  service.get('/session', showSession);
  service.delete('/session', logOut);
  service.get('/org', listOrganizations);
  service.get('/org/:id', showOrganization);
  service.get('/vdc/:id', showVdc);
  service.get('/network/:id', showNetwork);
  service.get('/task/:id', showTask);
  service.get('/query', query);
  service.get('/vApps/query', packaged('/vApps/query', 'vApp'));
  service.get('/vms/query', packaged('/vms/query', 'vm'));
  service.get('/vAppTemplates/query', packaged('/vAppTemplates/query', 'vAppTemplate'));
}

function serveTemplates(service: Service): void {
  service.get('/catalog/:id', showCatalog);
  service.post('/catalog/:id/catalogItems', addItem);
  service.get('/catalogItem/:id', showItem);
  service.delete('/catalogItem/:id', deleteItem);
  service.post('/vdc/:id/action/captureVApp', captureVApp);
  service.get('/vAppTemplate/:id', showTemplate);
  service.delete('/vAppTemplate/:id', deleteTemplate);
}

function serveVApps(service: Service): void {
  service.post('/vdc/:id/action/instantiateVAppTemplate', instantiate);
  service.get('/vApp/:id', showVApp);
  service.put('/vApp/:id', rename);
  service.delete('/vApp/:id', deleteVApp);
  service.post('/vApp/:id/action/deploy', deploy);
  service.post('/vApp/:id/action/undeploy', undeploy);
  service.post('/vApp/:id/action/discardSuspendedState', discardSuspendedState);
  service.post('/vApp/:id/power/action/powerOn', powerOn);
  service.post('/vApp/:id/power/action/powerOff', powerOff);
  service.post('/vApp/:id/power/action/shutdown', shutDown);
  service.post('/vApp/:id/power/action/reset', reset);
  service.post('/vApp/:id/power/action/reboot', reboot);
  service.post('/vApp/:id/power/action/suspend', suspend);
}

function serveSections(service: Service): void {
  service.get('/vApp/:id/virtualHardwareSection', showHardware);
  service.get('/vApp/:id/virtualHardwareSection/cpu', showCpu);
  service.put('/vApp/:id/virtualHardwareSection/cpu', changeCpu);
  service.get('/vApp/:id/virtualHardwareSection/memory', showMemory);
  service.put('/vApp/:id/virtualHardwareSection/memory', changeMemory);
  service.get('/vApp/:id/virtualHardwareSection/disks', showDisks);
  service.put('/vApp/:id/virtualHardwareSection/disks', changeDisks);
  service.get('/vApp/:id/networkConnectionSection', showConnections);
  service.put('/vApp/:id/networkConnectionSection', changeConnections);
  service.get('/vApp/:id/guestCustomizationSection', showCustomization);
  service.put('/vApp/:id/guestCustomizationSection', changeCustomization);
  service.get('/vApp/:id/networkConfigSection', showNetworkConfig);
  service.put('/vApp/:id/networkConfigSection', changeNetworkConfig);
  service.get('/vApp/:id/productSections', showProducts);
  service.put('/vApp/:id/productSections', changeProducts);
  service.get('/vApp/:id/metadata', listMetadata);
  service.post('/vApp/:id/metadata', mergeMetadata);
  service.get('/vApp/:id/metadata/:key', showMetadata);
  service.put('/vApp/:id/metadata/:key', putMetadata);
  service.delete('/vApp/:id/metadata/:key', deleteMetadata);
}
