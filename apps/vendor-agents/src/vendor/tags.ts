/** Tags, beside `port.ts`'s for machines, by which a driver finds again what a call with the same token has made. */
export const volumeTag = 'agency.volume';
export const networkTag = 'agency.network';
export const interfaceTag = 'agency.interface';
export const addressTag = 'agency.address';
export const imageTag = 'agency.image';
