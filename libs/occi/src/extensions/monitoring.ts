/** The OGF's draft on monitoring. */
import { float, immutable, mutable, required, text } from '../model/attribute.js';
import { type Extension, categoryId, kind, mixin } from '../model/category.js';
import { linkId, resourceId } from './core.js';

const scheme = 'http://schemas.ogf.org/occi/monitoring#';

const sensor = kind({
  term: 'sensor',
  scheme,
  title: 'Sensor',
  parent: resourceId,
  attributes: {
    'occi.sensor.period': required(float, 'Time between two measurements, s'),
    'occi.sensor.periodspec': mutable(text, 'How the period is meant'),
    'occi.sensor.timebase': immutable(float, 'What the times count from, Unix seconds'),
    'occi.sensor.timestart': required(float, 'Delay until it begins, s'),
    'occi.sensor.timestop': required(float, 'Delay until it ends, s'),
    'occi.sensor.timespec': mutable(text, 'How the times are meant'),
  },
});
const collector = kind({
  term: 'collector',
  scheme,
  title: 'Collector',
  parent: linkId,
  attributes: {
    'occi.collector.period': required(float, 'Time between two samples, s'),
    'occi.collector.periodspec': mutable(text, 'How the period is meant'),
  },
});

export const monitoring: Extension = {
  kinds: [sensor, collector],
  mixins: [
    mixin({ term: 'metric', scheme, title: 'Metric', applies: [categoryId(collector)] }),
    mixin({ term: 'aggregator', scheme, title: 'Aggregator', applies: [categoryId(sensor)] }),
    mixin({ term: 'publisher', scheme, title: 'Publisher', applies: [categoryId(sensor)] }),
  ],
  actions: [],
};
