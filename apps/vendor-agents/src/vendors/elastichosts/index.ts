import { elasticStackModule } from '../../families/elasticstack/module.js';

export const vendor = elasticStackModule({
  name: 'elastichosts',
  title: 'ElasticHosts',
  endpoint: 'https://api-{region}.elastichosts.com',
  regions: ['lon-p', 'lon-b', 'sat-p', 'lax-p', 'sjc-c', 'tor-p', 'syd-y', 'cn-1'],
  hosts: { 'syd-y': 'syd-v', 'cn-1': 'hkg-e' },
  sources: ['ElasticHosts, API: one host for each availability zone', 'Apache Libcloud, elastichosts: the zones and their hosts'],
});
