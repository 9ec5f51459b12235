import { csvOf } from '../../reports/csv.js';
import { htmlOf } from '../../reports/html/page.js';
import type { MonthReports } from '../../reports/month-reports.js';
import type { PartSource } from '../entity-source.js';
import { pageOf } from '../paging.js';

const usualPage = { number: 1, size: 100 } as const;
/** A file says nothing of pages that are left: it has as much as one may hold. */
const wholePage = { number: 1, size: 1_000 } as const;

/** `/agreement/ID/report?month=2026-11`: what a month of an agreement came to (docs/reports.md). */
export const agreementReport = (reports: MonthReports): PartSource => ({
  summary: 'What a month of an agreement came to',
  parameters: ['month', 'page', 'number', 'table'],
  types: ['application/json', 'application/occi+json', 'text/html', 'text/csv'],
  of: async (id, type, tenant, query) => {
    const month = query.get('month') ?? undefined;
    const report = await reports.of(id, tenant, { month, page: pageOf(query) ?? (type === 'text/csv' ? wholePage : usualPage) });
    if (!report) return undefined;
    if (type === 'text/html') return htmlOf(report);
    return type === 'text/csv' ? csvOf(report, query.get('table') ?? undefined) : `${JSON.stringify(report, undefined, 2)}\n`;
  },
});
