// Written by scripts/folder-indexes.mjs at every build: one line for each folder beside it.
export { face as brightbox } from './brightbox/index.js';
export { face as ec2 } from './ec2/index.js';
export { face as linode } from './linode/index.js';
export { face as openstack } from './openstack/index.js';
export { face as ptc } from './ptc/index.js';
export { face as terremark } from './terremark/index.js';
export { face as vcloud } from './vcloud/index.js';
