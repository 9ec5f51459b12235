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

/** `2026-11-03 12:30 UTC` */
export const moment = (iso: string | null): string => (iso === null ? '–' : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`);

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
}

/** A table whose caption says what it is; a sentence where it would be empty. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[], none: string): string {
  if (rows.length === 0) return `<p class="none">${escaped(none)}</p>`;
  const align = ({ isNumber }: Column<Row>): string => (isNumber ? ' class="number"' : '');
  const head = columns.map((column) => `<th scope="col"${align(column)}>${escaped(column.head)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${columns.map((column) => `<td${align(column)}>${escaped(column.of(row))}</td>`).join('')}</tr>`)
    .join('\n');
  return `<div class="scroll"><table><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}
