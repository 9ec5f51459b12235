// Written by scripts/folder-indexes.mjs at every build: one line for each folder beside it.
export { vendor as amazon } from './amazon/index.js';
export { vendor as cloudstack } from './cloudstack/index.js';
export { vendor as eucalyptus } from './eucalyptus/index.js';
export { vendor as niifi } from './niifi/index.js';
export { vendor as nimbus } from './nimbus/index.js';
export { vendor as opennebula } from './opennebula/index.js';
export { vendor as opennebulaocci } from './opennebulaocci/index.js';
export { vendor as openstack } from './openstack/index.js';
export { vendor as opsource } from './opsource/index.js';
export { vendor as ptc } from './ptc/index.js';
export { vendor as rackspace } from './rackspace/index.js';
