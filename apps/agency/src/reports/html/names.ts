import type { MonthReport, ReportedGuarantee } from '../month-report.js';
import { isolated } from './text.js';

/** What the ids and indexes of a report are called. */
export interface Names {
  readonly machine: (resource: string) => string;
  readonly term: (one: Pick<ReportedGuarantee, 'guarantee' | 'term'>) => string;
  /** Whom a guarantee is of. */
  readonly subject: (one: { readonly of: string; readonly resource: string | null }) => string;
}

/** Machines by their titles, as far as they are on the page, others by the beginning of their ids; a metric or an expression as itself. */
export function namesIn({ machines, guarantees }: MonthReport): Names {
  const titles = new Map(machines.items.map(({ resource, title }) => [resource, isolated(title)]));
  const machine = (resource: string): string => titles.get(resource) ?? resource.slice(0, 8);
  const metrics = new Map(guarantees.map(({ guarantee, about }) => [guarantee, about]));
  return {
    machine,
    term: ({ guarantee, term }) => metrics.get(guarantee) ?? term.replaceAll('_', ' '),
    subject: ({ of, resource }) => (resource === null ? `${isolated(of)}, together` : machine(resource)),
  };
}
