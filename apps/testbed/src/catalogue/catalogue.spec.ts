import { readTactic } from '@cloud-agency/sla';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { openCatalogue } from './catalogue.js';
import { readFlatYaml } from './flat-yaml.js';

const data = join(__dirname, '../../../../data');
const files = readdirSync(join(data, 'testbed')).filter((file) => file.endsWith('.yaml'));

interface Written {
  regions: { region: string; zones: string[]; availability: string; capacity: number; quota: number; simulated: boolean }[];
  volumes: { simulated: boolean }[];
  egress: { simulated: boolean }[];
  elastic_disk: { simulated: boolean }[];
  tactic?: { simulated: boolean }[];
}

const written = (file: string): Written => parse(readFileSync(join(data, 'testbed', file), 'utf8')) as Written;

/** Single values are text here, `5.10` too; only `true` is not. */
const textual = (document: object): object =>
  Object.fromEntries(
    Object.entries(document).map(([name, value]: [string, unknown]) => [
      name,
      Array.isArray(value) || value === true ? value : String(value),
    ]),
  );

it.each(files)('reads %s as a general YAML reader does', (file) => {
  const { values, rows } = readFlatYaml(readFileSync(join(data, 'testbed', file), 'utf8'));
  expect({ ...values, ...rows }).toEqual(textual(written(file)));
});

it('refuses YAML that is not plain', () => {
  expect(() => readFlatYaml('regions:\n  - region: x\n')).toThrow('Not plain enough');
});

it.each(files)('marks every row of %s as simulated', (file) => {
  const { regions, volumes, egress, elastic_disk: disks, tactic = [] } = written(file);
  expect([...regions, ...volumes, ...egress, ...disks, ...tactic].filter(({ simulated }) => !simulated)).toEqual([]);
});

it('has a place, sizes and a profile for every region of the catalogue', () => {
  const clouds = openCatalogue(data, []);
  expect(clouds).toHaveLength(14);
  const regions = clouds.flatMap(({ profile, places, sizes }) =>
    profile.regions.map(({ region }) => ({
      region: `${profile.vendor}/${region}`,
      place: places.has(region),
      sizes: sizes().get(region)?.length ?? 0,
    })),
  );
  expect(regions).toHaveLength(180);
  expect(regions.filter(({ place, sizes }) => !place || sizes === 0)).toEqual([]);
  expect(regions.reduce((sum, { sizes }) => sum + sizes, 0)).toBe(76_349);
});

it('gives some accounts a tactic that agents take, for calls of several rounds to meet', () => {
  const tactics = openCatalogue(data, []).flatMap(({ profile: { tactic } }) => (tactic.length > 0 ? [tactic] : []));
  expect(tactics.length).toBeGreaterThan(3);
  const [group, first] = [
    { region: 'r', market: 'on-demand', commitment: 0, free: 1 } as const,
    { round: 1, rounds: 1, told: [] },
  ];
  for (const tactic of tactics) expect(readTactic(tactic).level({ ...first, machines: 1_000, draw: () => 0 }, group)).toBe(1);
});

it('names the clouds there are when it is asked for one there is not', () => {
  expect(() => openCatalogue(data, ['aws', 'awz'])).toThrow(/awz.*the testbed has .*aws, azure/);
});
