/** What the shape of AGENCY_CONFIG cannot say: quantities and address ranges that are none, discounts that contradict each other. */
import { AgencyError, reasonOf } from '@cloud-agency/errors';
import { parseQuantity, readTactic } from '@cloud-agency/sla';
import type {
  Account,
  AgencyConfig,
  ConfiguredDiscount,
  ConfiguredKeeping,
  ConfiguredMonitoring,
  ConfiguredQuota,
} from './config.js';
import { keepingOf } from './keeping.js';
import { monitoringOf, type MonitoringSettings } from './monitoring.js';
import { isIP } from 'node:net';

export interface TermMistake {
  /** Where it stands in the file, e.g. `accounts`, `0`, `availability`. */
  readonly path: readonly string[];
  /** Why it is not right, in lower case and without a full stop. */
  readonly message: string;
}

export function termMistakes({
  accounts,
  quotas = {},
  monitoring = {},
  keep = {},
  webhooks,
}: AgencyConfig): readonly TermMistake[] {
  const every = monitoring.remote_write?.every;
  return [
    ...(every === undefined ? [] : spanMistakes(['monitoring', 'remote_write', 'every'], every)),
    ...accounts.flatMap((account, index) => under(['accounts', String(index)], accountMistakes(account))),
    ...under(
      ['quotas'],
      Object.entries(quotas).flatMap(([tenant, quota]) => under([tenant], quotaMistakes(quota))),
    ),
    ...under(['monitoring'], monitoringMistakes(monitoring)),
    ...under(['keep'], keepingMistakes(keep)),
    ...under(['webhooks', 'allow'], (webhooks?.allow ?? []).flatMap(rangeMistakes)),
  ];
}

function rangeMistakes(text: string, index: number): readonly TermMistake[] {
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  if (family > 0 && Number(bits ?? 0) <= (family === 4 ? 32 : 128)) return [];
  return [{ path: [String(index)], message: `"${text}" is neither an address nor a range of them, such as 10.0.0.0/8` }];
}

function accountMistakes({
  availability,
  egress,
  discounts = [],
  tactic,
  quota = {},
  metrics_every: every,
}: Account): readonly TermMistake[] {
  return [
    ...under(['availability'], availabilityMistakes(availability)),
    ...under(['egress'], egressMistakes(egress)),
    ...under(['discounts'], discountMistakes(discounts)),
    ...under(['tactic'], tactic === undefined ? [] : tacticMistakes(tactic)),
    ...under(['quota'], quotaMistakes(quota)),
    ...(every === undefined ? [] : quantityMistakes(['metrics_every'], every, 'duration')),
  ];
}

function availabilityMistakes(availability: Account['availability']): readonly TermMistake[] {
  if (typeof availability === 'string') return quantityMistakes([], availability, 'fraction');
  return Object.entries(availability ?? {}).flatMap(([region, text]) => quantityMistakes([region], text, 'fraction'));
}

function egressMistakes(egress: Account['egress']): readonly TermMistake[] {
  const prices: readonly (readonly [string, string | Readonly<Record<string, string>>])[] = Object.entries(egress ?? {});
  return prices.flatMap(([name, price]) =>
    typeof price === 'string'
      ? quantityMistakes([name], price, 'transfer')
      : Object.entries(price).flatMap(([to, text]) => quantityMistakes([name, to], text, 'transfer')),
  );
}

function quotaMistakes({ memory }: ConfiguredQuota): readonly TermMistake[] {
  return memory === undefined ? [] : quantityMistakes(['memory'], memory, 'size');
}

function discountMistakes(discounts: readonly ConfiguredDiscount[]): readonly TermMistake[] {
  return discounts.flatMap((discount, index) =>
    under([String(index)], [...overlapMistakes(discount, discounts.slice(0, index)), ...tierMistakes(discount)]),
  );
}

/** An offer counts for one discount at most: what two of them take off together nobody could tell. */
function overlapMistakes({ markets }: ConfiguredDiscount, earlier: readonly ConfiguredDiscount[]): readonly TermMistake[] {
  const other = earlier.findIndex((one) => !markets || !one.markets || one.markets.some((market) => markets.includes(market)));
  if (other < 0) return [];
  return [{ path: [], message: `its offers get discounts.${other} already: give each the markets it is for, and none to both` }];
}

function tierMistakes({ by, tiers }: ConfiguredDiscount): readonly TermMistake[] {
  const written = tiers.flatMap(({ from, off }, index) =>
    under(
      ['tiers', String(index)],
      [
        ...quantityMistakes(['from'], from, by === 'machines' ? 'number' : 'budget'),
        ...quantityMistakes(['off'], off, 'fraction'),
      ],
    ),
  );
  return written.length > 0 ? written : risingMistakes(by, tiers);
}

function risingMistakes(by: ConfiguredDiscount['by'], tiers: ConfiguredDiscount['tiers']): readonly TermMistake[] {
  const read = tiers.map(({ from, off }) => ({
    from: parseQuantity(from, by === 'machines' ? 'number' : 'budget'),
    off: parseQuantity(off, 'fraction'),
  }));
  return read.flatMap(({ from, off }, index) => {
    const before = read[index - 1];
    if (!before || (from > before.from && off > before.off)) return [];
    return [{ path: ['tiers', String(index)], message: 'each tier must begin later and take more off than the one before it' }];
  });
}

function monitoringMistakes(monitoring: ConfiguredMonitoring): readonly TermMistake[] {
  const { keep = {}, disk, statistics = {} } = monitoring;
  const written = [
    ...durationMistakes(['keep'], keep),
    ...(disk ? quantityMistakes(['disk', 'at_most'], disk.at_most, 'size') : []),
    ...durationMistakes(['statistics'], { over: statistics.over, enough: statistics.enough, every: statistics.every }),
  ];
  return written.length > 0 ? written : retentionMistakes(monitoringOf(monitoring));
}

/** Webhooks are tried for a day, and whoever looks why a call went as it did comes the day after. */
function keepingMistakes(keep: ConfiguredKeeping): readonly TermMistake[] {
  const written = durationMistakes([], { ...keep });
  if (written.length > 0) return written;
  return Object.entries(keepingOf(keep)).flatMap(([name, ms]: readonly [string, number]) =>
    ms >= 86_400_000 ? [] : [{ path: [name], message: 'must be a day at least' }],
  );
}

function durationMistakes(path: readonly string[], durations: Readonly<Record<string, string | undefined>>) {
  return Object.entries(durations).flatMap(([name, text]) =>
    text === undefined ? [] : quantityMistakes([...path, name], text, 'duration'),
  );
}

/** What is rolled up has to be there until it is. */
function retentionMistakes({ keep, diskAtMost, statistics }: MonitoringSettings): readonly TermMistake[] {
  const mistakes: readonly (readonly [boolean, readonly string[], string])[] = [
    [keep.raw < 3_600_000, ['keep', 'raw'], 'must be an hour at least: roll-ups are made of it'],
    [keep.fiveMinutes < 2 * 86_400_000, ['keep', 'five_minutes'], 'must be two days at least: hours and days are made of them'],
    [keep.rollUps < keep.fiveMinutes, ['keep', 'roll_ups'], 'must be no shorter than five_minutes'],
    [diskAtMost < 16 * 2 ** 20, ['disk', 'at_most'], 'must be 16 MiB at least'],
    [statistics.every < 1_000, ['statistics', 'every'], 'must be a second at least'],
    [statistics.over < 86_400_000, ['statistics', 'over'], 'must be a day at least: they are kept by days'],
    [statistics.enough <= 0, ['statistics', 'enough'], 'must be more than nothing'],
  ];
  return mistakes.flatMap(([isWrong, path, message]) => (isWrong ? [{ path, message }] : []));
}

/** Each tactic reads its own fields, so it also says what is wrong with them. */
function tacticMistakes(tactic: unknown): readonly TermMistake[] {
  try {
    readTactic(tactic);
    return [];
  } catch (error) {
    if (!(error instanceof AgencyError) || error.code !== 'invalid-document') throw error;
    const problems = error.details.problems as readonly { path: string; message: string; hint?: string }[];
    return problems.map(({ path, message, hint }) => ({
      path: path.split(/[.[\]]+/).filter((step) => step !== ''),
      message: hint === undefined ? message : `${message} (${hint})`,
    }));
  }
}

function quantityMistakes(
  path: readonly string[],
  text: string | number,
  dimension: Parameters<typeof parseQuantity>[1],
): readonly TermMistake[] {
  try {
    parseQuantity(text, dimension);
    return [];
  } catch (error) {
    return [{ path, message: reasonOf(error) }];
  }
}

const shortestSpanMs = 1_000;

function spanMistakes(path: readonly string[], text: string): readonly TermMistake[] {
  const mistakes = quantityMistakes(path, text, 'duration');
  if (mistakes.length > 0 || parseQuantity(text, 'duration') >= shortestSpanMs) return mistakes;
  return [{ path, message: `${text} is too short: at least 1 s` }];
}

const under = (path: readonly string[], mistakes: readonly TermMistake[]): readonly TermMistake[] =>
  mistakes.map((mistake) => ({ ...mistake, path: [...path, ...mistake.path] }));
