import { parseQuantity } from '@cloud-agency/sla';
import type { ConfiguredMonitoring } from './config.js';

/** `monitoring` of AGENCY_CONFIG with every default filled in: durations in ms, sizes in bytes. */
export interface MonitoringSettings {
  /** How long samples are kept, and their roll-ups of 5 min, and those of an hour and of a day. */
  readonly keep: { readonly raw: number; readonly fiveMinutes: number; readonly rollUps: number };
  /** What the monitor's database may take. */
  readonly diskAtMost: number;
  readonly statistics: StatisticsSettings;
}

export interface StatisticsSettings {
  /** How far back they reach. */
  readonly over: number;
  /** From so much machine-time of so many machines on, observed availability counts beside what is declared. */
  readonly enough: number;
  readonly machines: number;
  /** How often they are brought up to date; what is younger is not in them yet. */
  readonly every: number;
}

const usual = {
  keep: { raw: '35 d', five_minutes: '35 d', roll_ups: '400 d' },
  disk: { at_most: '2 GiB' },
  statistics: { over: '90 d', enough: '30 d', machines: 3, every: '5 min' },
};

/** For what was checked when the configuration was read. @throws AgencyError for what is no quantity. */
export function monitoringOf(configured: ConfiguredMonitoring = {}): MonitoringSettings {
  const ms = (text: string) => parseQuantity(text, 'duration');
  const keep = { ...usual.keep, ...configured.keep };
  const disk = { ...usual.disk, ...configured.disk };
  const statistics = { ...usual.statistics, ...configured.statistics };
  return {
    keep: { raw: ms(keep.raw), fiveMinutes: ms(keep.five_minutes), rollUps: ms(keep.roll_ups) },
    diskAtMost: parseQuantity(disk.at_most, 'size') * 2 ** 30,
    statistics: {
      over: ms(statistics.over),
      enough: ms(statistics.enough),
      machines: statistics.machines,
      every: ms(statistics.every),
    },
  };
}
