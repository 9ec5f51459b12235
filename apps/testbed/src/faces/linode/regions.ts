import { paged } from './paging.js';
import type { Api, Call, Handler } from './api.js';
import { notFound } from './errors.js';

const capabilities = ['Linodes', 'Block Storage', 'Metadata', 'VPCs', 'Cloud Firewall'];

/** Linode API v4, Regions. */
export function serveRegions(api: Api): void {
  api.route('GET', '/regions', listRegions, 'everybody');
  api.route('GET', '/regions/availability', listAvailability, 'everybody');
  api.route('GET', '/regions/:region', showRegion, 'everybody');
  api.route('GET', '/regions/:region/availability', showAvailability, 'everybody');
}

const listRegions: Handler = (call) => {
  const regions = call.cloud.profile.regions.map(({ region }) => regionView(call, region));
  return paged(call, regions, ['id', 'label', 'country', 'status', 'capabilities']);
};

const showRegion: Handler = (call) => regionView(call, known(call));

const listAvailability: Handler = (call) => {
  const rows = call.cloud.profile.regions.flatMap(({ region }) => availabilityOf(call, region));
  return paged(call, rows, ['region', 'plan', 'available']);
};

const showAvailability: Handler = (call) => availabilityOf(call, known(call));

/** Every plan that is sold anywhere, and whether it is here. */
function availabilityOf({ cloud }: Call, region: string) {
  const plans = new Set(cloud.profile.regions.flatMap((other) => cloud.sizes(other.region).map(({ name }) => name)));
  return [...plans].map((plan) => ({ region, plan, available: cloud.size(region, plan) !== undefined }));
}

function regionView({ cloud, testbed }: Call, region: string) {
  const place = cloud.description.places.get(region);
  return {
    id: region,
    label: [place?.city, place?.country].filter(Boolean).join(', ') || region,
    country: place?.country?.toLowerCase() ?? 'us',
    capabilities,
    monitors: { alerts: [], metrics: [] },
    status: testbed.faults.isOn('region-down', { cloud: cloud.name, region }) ? 'outage' : 'ok',
    resolvers: { ipv4: '', ipv6: '' },
    placement_group_limits: { maximum_pgs_per_customer: null, maximum_linodes_per_pg: 5 },
    site_type: 'core',
  };
}

function known({ cloud, params }: Call): string {
  const region = cloud.region(params.region ?? '');
  if (!region) throw notFound();
  return region.region;
}
