import Table from 'cli-table3';

type Alignment = 'left' | 'right';
export interface Column {
  readonly title: string;
  readonly align?: Alignment;
}

const noBorders = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((part) => [part, part === 'middle' ? '  ' : '']),
);

/** Rows under their titles, in columns as wide as they need to be. A cell may have several lines. */
export function columns(heads: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const table = new Table({
    head: heads.map(({ title }) => title),
    colAligns: heads.map(({ align }) => align ?? 'left'),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
