// Written by scripts/folder-indexes.mjs at every build: one line for each folder beside it.
export { face as cloudsigma } from './cloudsigma/index.js';
export { face as ec2 } from './ec2/index.js';
export { face as flexiant } from './flexiant/index.js';
export { face as gogrid } from './gogrid/index.js';
export { face as onapp } from './onapp/index.js';
export { face as openstack } from './openstack/index.js';
export { face as ptc } from './ptc/index.js';
