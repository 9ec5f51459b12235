// Written by scripts/folder-indexes.mjs at every build: one line for each folder beside it.
export { vendor as amazon } from './amazon/index.js';
export { vendor as arctur } from './arctur/index.js';
export { vendor as brightbox } from './brightbox/index.js';
export { vendor as linode } from './linode/index.js';
export { vendor as openstack } from './openstack/index.js';
export { vendor as ptc } from './ptc/index.js';
export { vendor as terremark } from './terremark/index.js';
export { vendor as vcloud } from './vcloud/index.js';
