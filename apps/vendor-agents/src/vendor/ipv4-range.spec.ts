import { contains, defaultRange, firstHost, formatRange, overlap, parseRange, slices } from './ipv4-range.js';

describe('a range of addresses', () => {
  it.each([
    ['10.1.0.0/16', '10.1.0.0/16', '10.1.0.1'],
    ['10.1.2.3/16', '10.1.0.0/16', '10.1.0.1'],
    ['255.255.255.240/28', '255.255.255.240/28', '255.255.255.241'],
    ['0.0.0.0/0', '0.0.0.0/0', '0.0.0.1'],
  ])('%s is %s, and machines begin at %s', (cidr, wanted, host) => {
    expect(formatRange(parseRange(cidr))).toBe(wanted);
    expect(firstHost(parseRange(cidr))).toBe(host);
  });

  it.each(['', '10.1.0.0', '10.1.0/16', '10.1.0.256/16', '10.1.0.0/33', '10.1.0.0/', 'fd00::/64', '10.1.0.0/-1'])(
    '%j is none',
    (cidr) => {
      expect(() => parseRange(cidr)).toThrow('is not a range of IPv4 addresses');
    },
  );

  it('knows its addresses and its parts', () => {
    const range = parseRange('192.168.1.0/24');
    expect(contains(range, '192.168.1.255')).toBe(true);
    expect(contains(range, '192.168.2.0')).toBe(false);
    expect(contains(range, 'fd00::1')).toBe(false);
    const parts = slices(range, 26);
    expect(parts.map(formatRange)).toEqual(['192.168.1.0/26', '192.168.1.64/26', '192.168.1.128/26', '192.168.1.192/26']);
    expect(parts.every((part) => overlap(range, part))).toBe(true);
    expect(overlap(parseRange('192.168.1.0/26'), parseRange('192.168.1.64/26'))).toBe(false);
  });

  it('is the same for the same token', () => {
    expect(defaultRange('n-1')).toBe(defaultRange('n-1'));
    expect(defaultRange('n-1')).toMatch(/^10\.\d{1,3}\.0\.0\/16$/);
  });
});
