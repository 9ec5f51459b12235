import type { Rate } from './call.js';
import { quantity, type Reader, text } from './fields.js';

/** A stretch of time of at least `min` ms, at most a year and a day. */
export const span = (min: number, wanted: string) => quantity('duration', { min, max: 366 * 24 * 3600 * 1000, wanted });

/** `3 per 1 h` */
export const rate: Reader<Rate> = (source, problems) => {
  const written = text()(source, problems);
  if (written === undefined) return undefined;
  const [, times, per] = /^([1-9]\d{0,5})\s+per\s+(.+)$/.exec(written) ?? [];
  if (times === undefined || per === undefined) {
    problems.add(source, `"${written}" is not a rate`, 'e.g. 3 per 1 h');
    return undefined;
  }
  const period = span(1000, 'at least 1 s')(
    { kind: 'scalar', path: source.path, at: source.at, value: per, text: per },
    problems,
  );
  return period === undefined ? undefined : { times: Number(times), per: period };
};
