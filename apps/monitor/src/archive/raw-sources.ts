import { measurements } from './measurements.js';
import { metricSamples } from './metric-samples.js';
import type { RawSource } from './raw-source.js';
import { sensorSamples } from './sensor-samples.js';

/** All tables of samples. That of measurements is what earlier versions wrote; it empties as its samples grow old. */
export const rawSources: readonly RawSource[] = [metricSamples, measurements, sensorSamples];
