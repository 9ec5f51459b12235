import { escaped } from './text.js';

export interface Column<Row> {
  readonly head: string;
  readonly of: (row: Row) => string;
  /** A smaller line below it. */
  readonly note?: (row: Row) => string | null;
  readonly isNumber?: boolean;
  /** Names and sentences, which may be broken into lines; all else stays on one. */
  readonly isLong?: boolean;
  /** How it stands, by colour beside its word. */
  readonly mood?: (row: Row) => 'good' | 'bad' | '';
}

/** A table whose caption says what it is, and whose first column says what each row is of; a sentence where it would be empty. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[], none: string): string {
  if (rows.length === 0) return `<p class="none">${escaped(none)}</p>`;
  const head = columns.map((column) => `<th scope="col"${classes(column)}>${escaped(column.head)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${columns.map((column, index) => cell(column, row, index === 0)).join('')}</tr>`)
    .join('\n');
  return `<div class="scroll" role="region" aria-label="${escaped(caption)}" tabindex="0"><table><caption><span>${escaped(caption)}</span></caption><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

function cell<Row>(column: Column<Row>, row: Row, isHead: boolean): string {
  const note = column.note?.(row) ?? null;
  const content = `${escaped(column.of(row))}${note === null ? '' : `<small>${escaped(note)}</small>`}`;
  const own = classes(column, column.mood?.(row));
  return isHead ? `<th scope="row"${own}>${content}</th>` : `<td${own}>${content}</td>`;
}

function classes<Row>({ isNumber, isLong }: Column<Row>, mood = ''): string {
  const names = [isNumber && 'number', isLong && 'long', mood].filter(
    (name) => name !== undefined && name !== false && name !== '',
  );
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
}
