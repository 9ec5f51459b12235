// Written by scripts/folder-indexes.mjs at every build: one line for each folder beside it.
export { face as cloudsigma } from './cloudsigma/index.js';
export { face as cloudstack } from './cloudstack/index.js';
export { face as ec2 } from './ec2/index.js';
export { face as eucalyptus } from './eucalyptus/index.js';
export { face as flexiant } from './flexiant/index.js';
export { face as gogrid } from './gogrid/index.js';
export { face as nimbus } from './nimbus/index.js';
export { face as onapp } from './onapp/index.js';
export { face as opennebula } from './opennebula/index.js';
export { face as opennebulaocci } from './opennebulaocci/index.js';
export { face as openstack } from './openstack/index.js';
export { face as ptc } from './ptc/index.js';
export { face as rackspace } from './rackspace/index.js';
export { face as slicehost } from './slicehost/index.js';
export { face as vpsnet } from './vpsnet/index.js';
