import { measuredBy, meters, sourceOf } from './registry.js';

it('says of each metric whose figures it shows', () => {
  const sources = Object.fromEntries(Object.keys(meters).map((metric) => [metric, sourceOf(metric)]));
  expect(sources).toEqual({
    ...{ response_time: 'probe', up: 'probe', reachable: 'probe', certificate_days: 'probe', dns: 'probe', icmp: 'probe' },
    ...{
      cpu: 'vendor',
      memory: 'vendor',
      network_in: 'vendor',
      network_out: 'vendor',
      disk_read: 'vendor',
      disk_write: 'vendor',
    },
    ...{ price: 'business', carbon: 'business', pushed: 'resource', scraped: 'resource', difference: 'probe' },
  });
  expect(sourceOf('pushed:queue:length')).toBe('resource');
});

it('takes what is told under different names for different metrics', () => {
  const settings = { 'agency.metric.name': 'queue' };
  expect(measuredBy({ metric: 'scraped', settings })).toBe('scraped:queue');
  expect(measuredBy({ metric: 'dns', settings })).toBe('dns');
  expect(measuredBy({ metric: 'pushed', settings: {} })).toBe('pushed');
});
