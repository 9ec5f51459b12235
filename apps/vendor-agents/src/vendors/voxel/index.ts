import type { VendorModule } from '../../vendor/vendor-module.js';
import { VoxelDriver } from './voxel-driver.js';

const standard = 'https://api.voxel.net/version/1.0';

export const vendor: VendorModule = {
  name: 'voxel',
  title: 'Voxel VoxCLOUD',
  family: 'voxel',
  protocol: 'Voxel hAPI 1.0, XML answers to signed requests',
  operator: 'voxel',
  endpoint: standard,
  credentials: [
    { name: 'key', title: 'hAPI key', required: true },
    { name: 'secret', title: 'hAPI secret', required: true, secret: true },
  ],
  abilities: ['compute', 'free-size', 'start-stop', 'restart'],
  limits: [
    'A facility is a region, and has no zones.',
    'Cores, 1 to 13, and the disk are chosen freely; every core brings 2 GiB of memory.',
    'Voxel has no tags and no client token: a machine’s host name says whose it is.',
    'Stopping and restarting are those of a power outlet: the operating system is not asked. A machine cannot be suspended.',
    'A machine that exists keeps its cores and its disk, and no image is made of it; Voxel has no volumes.',
    'The module gives machines neither SSH keys nor user data, and sets no password: Voxel makes one up and shows it to the owner of the account.',
    'Voxel shows no console as text, and tells neither prices nor quotas; the module does not read its bandwidth figures. The account names a price list.',
  ],
  testedAgainst: ['the testbed’s Voxel'],
  sources: [
    'Voxel hAPI documentation (api.voxel.net/docs): voxel.voxcloud.status, voxel.devices.power, voxel.voxservers.create, their error codes',
    'The clients of Apache Libcloud (voxel) and fog (voxel): signature, lists of devices, images and facilities, 2 GiB of memory a core, codes 1 and 9',
    'unverified: the words by which a creation says that a quota is used up or that a facility is full',
  ],
  connect(account, { http, now }) {
    const { key = '', secret = '' } = account.credentials;
    const endpoint = (account.endpoint ?? standard).replace(/\/+$/, '');
    return new VoxelDriver({ endpoint, key, secret }, account.images ?? {}, http, now);
  },
};
