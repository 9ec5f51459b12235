import type { Json } from '../../vendor/json.js';
import type { LinodeApi } from './linode-api.js';

/** Where a Linode, or something of it, is asked for. */
export const pathOf = (vendorId: string, more = ''): string => `/linode/instances/${encodeURIComponent(vendorId)}${more}`;

/** @throws VendorError not-found when there is no such Linode. */
export const linodeCalled = async (api: LinodeApi, region: string, vendorId: string): Promise<Json> =>
  await api.call(region, 'GET', pathOf(vendorId));
