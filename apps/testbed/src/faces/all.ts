// Written by scripts/folder-indexes.mjs at every build: one line for each folder beside it.
export { face as cloudstack } from './cloudstack/index.js';
export { face as ec2 } from './ec2/index.js';
export { face as eucalyptus } from './eucalyptus/index.js';
export { face as gandi } from './gandi/index.js';
export { face as nimbus } from './nimbus/index.js';
export { face as opennebula } from './opennebula/index.js';
export { face as opennebulaocci } from './opennebulaocci/index.js';
export { face as openstack } from './openstack/index.js';
export { face as ptc } from './ptc/index.js';
export { face as rackspace } from './rackspace/index.js';
export { face as slicehost } from './slicehost/index.js';
export { face as softlayer } from './softlayer/index.js';
export { face as vpsnet } from './vpsnet/index.js';
