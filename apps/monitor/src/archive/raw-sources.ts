import { measurements } from './measurements.js';
import type { RawSource } from './raw-source.js';
import { sensorSamples } from './sensor-samples.js';

/** All tables of samples. */
export const rawSources: readonly RawSource[] = [measurements, sensorSamples];
