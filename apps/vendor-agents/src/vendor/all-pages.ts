import { type Json, text } from './json.js';

export interface ListPage {
  readonly rows: readonly Json[];
  /** How many there are on all pages, where the vendor says so. */
  readonly total?: number | undefined;
}

/**
 * Everything that a list has, where nothing but an empty page is sure to be the last: a vendor may give shorter pages than it is asked
 * for. One that knows of no pages gives the same each time: what has an id that was there before is not taken again, and ends the list.
 * @param pageAt gives a page, the first being 0, after so many rows.
 */
export async function allPages(pageAt: (page: number, offset: number) => Promise<ListPage>): Promise<readonly Json[]> {
  const found = new Map<string, Json>();
  let offset = 0;
  for (let page = 0; ; page += 1) {
    const { rows, total = Number.POSITIVE_INFINITY } = await pageAt(page, offset);
    const before = found.size;
    for (const row of rows) found.set(text(row, 'id') ?? JSON.stringify(row), row);
    offset += rows.length;
    if (found.size === before || offset >= total) return [...found.values()];
  }
}
