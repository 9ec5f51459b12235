// Written by scripts/folder-indexes.mjs at every build: one line for each folder beside it.
export { vendor as amazon } from './amazon/index.js';
export { vendor as cloudsigma } from './cloudsigma/index.js';
export { vendor as cloudstack } from './cloudstack/index.js';
export { vendor as eucalyptus } from './eucalyptus/index.js';
export { vendor as flexiant } from './flexiant/index.js';
export { vendor as gogrid } from './gogrid/index.js';
export { vendor as hostko } from './hostko/index.js';
export { vendor as niifi } from './niifi/index.js';
export { vendor as nimbus } from './nimbus/index.js';
export { vendor as onapp } from './onapp/index.js';
export { vendor as opennebula } from './opennebula/index.js';
export { vendor as opennebulaocci } from './opennebulaocci/index.js';
export { vendor as openstack } from './openstack/index.js';
export { vendor as ptc } from './ptc/index.js';
export { vendor as rackspace } from './rackspace/index.js';
