/** What machines were measured to be, by day: drawn, and as a table. */
import type { MonthReport, ReportedGuarantee, ReportedMachine } from '../month-report.js';
import { type MonthDay, monthDays } from './calendar.js';
import { availabilityChart, type Charted, responseChart } from './charts.js';
import { paged } from './tables.js';
import { type Column, table } from './table.js';
import { escaped, figure, isolated } from './text.js';

/** Machines that are drawn; the days of the others of a page are in its table. */
const mostDrawn = 12;

export function machineCharts(report: MonthReport): string {
  const measured = report.machines.items.filter((machine) => machine.days.length > 0);
  if (measured.length === 0) return '<p class="none">No day was measured.</p>';
  const left = measured.length - mostDrawn;
  const more =
    left > 0 ? `<p class="lead">${left} more ${left === 1 ? 'machine is' : 'machines are'} in the table by day alone.</p>` : '';
  return `${measured
    .slice(0, mostDrawn)
    .map((machine, index) => chartsOf(report, machine, index))
    .join('\n')}${more}`;
}

function chartsOf(report: MonthReport, machine: ReportedMachine, index: number): string {
  const title = isolated(machine.title);
  const days = monthDays(report, machine);
  const up: Charted = {
    ...{ id: `up${index}`, title: `Availability of ${title} by day, %`, days },
    promise: promiseOf(report, machine, 'availability', '%'),
  };
  const answers: Charted = {
    ...{ id: `rt${index}`, title: `Response times of ${title} by day, ms`, days },
    promise: promiseOf(report, machine, 'response_time', 'ms'),
  };
  const hasAnswers = machine.days.some(({ p50 }) => p50 !== null);
  return `<section class="machine"><h3>${escaped(title)}</h3>
<figure>${availabilityChart(up)}</figure>
${hasAnswers ? `<figure>${responseChart(answers)}</figure>` : ''}</section>`;
}

/** What is promised of this machine by what probes measure, if it is in the unit of the chart: a share of slices or of requests is another thing. */
function promiseOf({ guarantees }: MonthReport, { resource }: ReportedMachine, term: string, unit: string): Charted['promise'] {
  const found = guarantees.find(
    (one) => one.term === term && one.resource === resource && one.unit === unit && isOfProbes(one) && one.state !== null,
  );
  if (!found) return undefined;
  const side = found.side === 'at_most' ? 'at most' : 'at least';
  const over = found.basis === null ? '' : `: ${found.basis}`;
  return { wanted: found.wanted, words: `promised: ${side} ${figure(found.wanted, unit)}${over}` };
}

const isOfProbes = ({ basis }: ReportedGuarantee): boolean =>
  basis === null || (basis.endsWith('by probe') && !basis.startsWith('share of requests') && !basis.includes('slices'));

type DayRow = MonthDay & { readonly title: string };

export function dayTable(report: MonthReport): string {
  const rows = report.machines.items
    .filter((machine) => machine.days.length > 0)
    .flatMap((machine) =>
      monthDays(report, machine)
        .filter(({ isLived, figures }) => isLived || figures !== null)
        .map((day): DayRow => ({ ...day, title: isolated(machine.title) })),
    );
  const time = (name: 'p50' | 'p95' | 'p99'): Column<DayRow> => ({
    head: `${name.slice(1)} %, ms`,
    of: ({ figures }) => figure(figures?.[name] ?? null, '', 1),
    isNumber: true,
  });
  const days = table(
    'By day, UTC: how many probes were answered well, and within which time 50, 95 and 99 % of the answers came',
    [
      { head: 'Day', of: ({ day }) => day },
      { head: 'Machine', of: ({ title }) => title, isLong: true },
      { head: 'Available', of: ({ figures }) => (figures ? figure(figures.availability, '%') : 'not measured'), isNumber: true },
      { head: 'Probes', of: ({ figures }) => figure(figures?.probes ?? 0), isNumber: true },
      time('p50'),
      time('p95'),
      time('p99'),
    ],
    rows,
    'No day was measured.',
  );
  return paged(report.machines, days);
}
