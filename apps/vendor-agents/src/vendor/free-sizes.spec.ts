import { freeSizeName, freeSizes, readFreeSize } from './free-sizes.js';
import { VendorError } from './vendor-error.js';

describe('sizes of a cloud without fixed ones', () => {
  const limits = { cores: [1, 8], memory: [1, 32], disk: [20, 100] } as const;

  it('lie within its limits, each once, each readable by its name', () => {
    const sizes = freeSizes(limits);
    expect(new Set(sizes.map(({ name }) => name)).size).toBe(sizes.length);
    expect(sizes.length).toBeGreaterThan(50);
    for (const { name, cores, memory, disk } of sizes) {
      expect(readFreeSize(name)).toEqual({ cores, memory, disk });
      expect(cores >= 1 && cores <= 8 && memory >= 1 && memory <= 32 && (disk ?? 0) >= 20 && (disk ?? 0) <= 100).toBe(true);
    }
  });

  it('are written as they are read', () => {
    expect(freeSizeName({ cores: 1, memory: 0.5, disk: 10 })).toBe('c1-m0.5-d10');
    expect(readFreeSize('c1-m0.5-d10')).toEqual({ cores: 1, memory: 0.5, disk: 10 });
  });

  it.each(['', 'm1.small', 'c2', 'c2-m4', 'c-m4-d5', 'c2-m4-d50 '])('are not %j', (name) => {
    expect(() => readFreeSize(name)).toThrow(VendorError);
  });
});
