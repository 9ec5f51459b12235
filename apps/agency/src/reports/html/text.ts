/** Text that may stand anywhere in a page. */
export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

export const figure = (value: number | null, unit = '', places = 3): string =>
  value === null ? '–' : `${Number(value.toFixed(places))}${unit === '' ? '' : ` ${unit}`}`;

export const money = (usd: number): string => `${usd.toFixed(2)} USD`;

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

export interface Column<Row> {
  readonly head: string;
  readonly of: (row: Row) => string;
  readonly isNumber?: boolean;
  /** Sentences, which may be broken into lines; all else stays on one. */
  readonly isLong?: boolean;
  /** How it stands, by colour beside its word. */
  readonly mood?: (row: Row) => 'good' | 'bad' | '';
}

/** A table whose caption says what it is; a sentence where it would be empty. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[], none: string): string {
  if (rows.length === 0) return `<p class="none">${escaped(none)}</p>`;
  const align = ({ isNumber, isLong }: Column<Row>, mood = ''): string => {
    const names = [isNumber && 'number', isLong && 'long', mood].filter(
      (name) => name !== undefined && name !== false && name !== '',
    );
    return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
  };
  const head = columns.map((column) => `<th scope="col"${align(column)}>${escaped(column.head)}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${columns.map((column) => `<td${align(column, column.mood?.(row))}>${escaped(column.of(row))}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<div class="scroll" role="region" aria-label="${escaped(caption)}" tabindex="0"><table><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}
