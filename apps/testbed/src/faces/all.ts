// Written by scripts/folder-indexes.mjs at every build: one line for each folder beside it.
export { face as cloudstack } from './cloudstack/index.js';
export { face as ec2 } from './ec2/index.js';
export { face as opennebula } from './opennebula/index.js';
export { face as opennebulaocci } from './opennebulaocci/index.js';
export { face as openstack } from './openstack/index.js';
