import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Samples of one series, in the order of their times. */
export interface Run {
  readonly series: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

const bytesPerValue = Float64Array.BYTES_PER_ELEMENT;
const bytesPerSample = bytesPerValue + Uint32Array.BYTES_PER_ELEMENT;

/**
 * All values, then of each sample how many ms after the one before it was measured, of the first after `from`; deflated. Numbers are as they are in
 * memory: who unpacks has a machine of the same kind.
 */
export function packed(from: number, { times, values }: Readonly<Record<'times' | 'values', readonly number[]>>): Buffer {
  const count = times.length;
  const bytes = new ArrayBuffer(count * bytesPerSample);
  new Float64Array(bytes, 0, count).set(values);
  const gaps = new Uint32Array(bytes, count * bytesPerValue, count);
  let before = from;
  times.forEach((at, place) => {
    gaps[place] = at - before;
    before = at;
  });
  return deflateRawSync(bytes, { level: 1 });
}

export function unpacked(from: number, samples: Uint8Array): Pick<Run, 'times' | 'values'> {
  // A copy: what comes from the driver or of the inflating may begin anywhere in something longer.
  const { buffer } = new Uint8Array(inflateRawSync(samples));
  const count = buffer.byteLength / bytesPerSample;
  const gaps = new Uint32Array(buffer, count * bytesPerValue, count);
  const times = new Float64Array(count);
  let at = from;
  for (let place = 0; place < count; place += 1) {
    at += gaps[place] ?? 0;
    times[place] = at;
  }
  return { times, values: new Float64Array(buffer, 0, count) };
}
