/** Text that may stand anywhere in a page. */
export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** A name of somebody's choosing within a sentence: one that is read from right to left leaves the order of the words around it alone (Unicode TR9, 2.4). */
export const isolated = (name: string): string =>
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(name) ? `\u2068${name}\u2069` : name;

const units: Readonly<Record<string, string>> = { '': '', '1': '', '1/s': '/s' };

/** With thousands apart; of a value that is not 0 there is always a digit to be seen. */
export function figure(value: number | null, unit = '', places = 3): string {
  if (value === null) return '–';
  const isTiny = value !== 0 && Math.abs(value) < 10 ** -places;
  const digits = isTiny ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: places };
  const name = units[unit] ?? unit;
  return `${value.toLocaleString('en-US', digits)}${name === '' ? '' : ` ${name}`}`;
}

/** A measured value with as many digits as tell it from the bound that it is held against: 99.8996 % is not 99.9 %. */
export function figureBeside(value: number | null, bound: number, unit: string): string {
  const places = [3, 4, 5, 6].find(
    (count) => value === null || value === bound || figure(value, unit, count) !== figure(bound, unit, count),
  );
  return figure(value, unit, places ?? 6);
}

/** To the cent; what is less than a dollar to the last digit that is accounted. */
export const money = (usd: number): string =>
  `${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: Math.abs(usd) < 1 ? 6 : 2 })} USD`;

/** `2026-11-03 12:30`, in a table that says of what clocks. */
export const brief = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;

/** `2026-11-03 12:30 UTC` */
export const moment = (iso: string | null): string => (iso === null ? '–' : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`);

/** `November 2026` */
export const monthName = (month: string): string =>
  new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    Date.parse(`${month}-01T00:00:00Z`),
  );

/** `2 h 5 min`; its two greatest units. */
export function span(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ].filter(([count]) => count !== 0);
  return parts.length === 0
    ? '0 s'
    : parts
        .slice(0, 2)
        .map(([count, unit]) => `${String(count)} ${String(unit)}`)
        .join(' ');
}
