import { imageAmong, imagePatterns, mapsImageName } from './image-names.js';

const listed = [
  { id: '1', name: 'Debian 12', created: '2026-01-01' },
  { id: '2', name: 'debian-12-genericcloud-amd64-20260401', created: '2026-04-01' },
  { id: '3', name: 'Debian 12 (arm64)', created: '2026-05-01' },
  { id: '4', name: 'linode/ubuntu22.04' },
  { id: '5', name: 'Rocky Linux 9', architecture: 'aarch64' },
  { id: '6', name: 'Debian Linux 13' },
];
const wanted = (name: string, architecture: string | null = 'x64') => ({ name, architecture, region: 'here' });

describe('imageAmong', () => {
  it('takes the newest of the architecture', () => {
    expect(imageAmong(listed, {}, wanted('debian-12'))).toBe('2');
    expect(imageAmong(listed, {}, wanted('debian-12', null))).toBe('2');
    expect(imageAmong(listed, {}, wanted('debian-12', 'arm64'))).toBe('3');
    expect(imageAmong(listed, {}, wanted('ubuntu-22.04'))).toBe('4');
    expect(imageAmong(listed, {}, wanted('debian-13'))).toBe('6');
  });

  it('takes what the account maps, by id or by name', () => {
    expect(imageAmong(listed, { golden: '3' }, wanted('golden'))).toBe('3');
    expect(imageAmong(listed, { 'debian-12': 'Debian 12' }, wanted('debian-12'))).toBe('1');
  });

  it('says what is missing', () => {
    expect(() => imageAmong(listed, {}, wanted('plan9'))).toThrow(/plan9 is not mapped/);
    expect(() => imageAmong(listed, {}, wanted('rocky-9'))).toThrow(/no image for rocky-9 \(x64\) in here/);
    expect(() => imageAmong(listed, { 'debian-12': 'gone' }, wanted('debian-12'))).toThrow(/maps debian-12 to 'gone'/);
    expect(mapsImageName({ golden: '3' }, 'golden')).toBe(true);
    expect(mapsImageName({}, 'golden')).toBe(false);
  });
});

it.each([
  ['debian-12', 'debian-12-generic'],
  ['debian-12', 'Debian GNU/Linux 12'],
  ['debian-12', 'debian12'],
  ['ubuntu-24.04', 'Ubuntu Server 24.04 LTS'],
  ['ubuntu-24.04', 'ubuntu-noble-amd64'],
  ['rocky-9', 'Rocky Linux 9.4'],
  ['alpine-3', 'Alpine 3.22'],
  ['windows-2022', 'Windows Server 2022 Standard'],
])('%s is what operators call %s', (portable, name) => {
  const meant = Object.keys(imagePatterns).filter((candidate) => imagePatterns[candidate]?.name.test(name));
  expect(meant).toEqual([portable]);
});
