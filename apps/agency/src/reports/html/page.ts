import type { MonthReport } from '../month-report.js';
import { dayTable, machineCharts } from './machines.js';
import { namesIn } from './names.js';
import { style } from './style.js';
import { charges, guarantees, ledger, reactions, violations } from './tables.js';
import { escaped, figure, isolated, moment, money, monthName } from './text.js';

/** A report as a page of its own: nothing is loaded, nothing runs, and what a chart shows stands in a table as well. */
export function htmlOf(report: MonthReport): string {
  const name = isolated(report.name);
  const title = `${name}: SLA report, ${monthName(report.month)}`;
  const names = namesIn(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<p class="kind">Service level report</p>
<h1>${escaped(name)}, ${escaped(monthName(report.month))}</h1>
${facts(report)}
</header>
${sums(report)}
${report.remark === null ? '' : `<p class="remark">${escaped(report.remark)}</p>`}
<h2>Guarantees</h2>
${guarantees(report, names)}
<h2>Violations</h2>
${violations(report, names)}
<h2>Penalties and rewards</h2>
${ledger(report, names)}
<h2>Charges</h2>
${charges(report)}
<h2>Machines</h2>
<p class="lead">As the Agency's own probes found them, by day.</p>
${machineCharts(report)}
<h2>What was done</h2>
${reactions(report, names)}
<h2>How to read it</h2>
${sources(report)}
<h2>Appendix: machines by day</h2>
${dayTable(report)}
</main>
</body>
</html>
`;
}

function facts({ agreement, state, level, from, until, held, complete, settled, made }: MonthReport): string {
  const isPart = held.from !== from || held.until !== until;
  const entries = [
    ['Agreement', agreement],
    ['Period', `${moment(from)} to ${moment(until)}${complete ? '' : ', the month goes on'}`],
    ...(isPart ? [['In force', `${moment(held.from)} to ${moment(held.until)}`]] : []),
    ['State', level === 'agreed' ? state : `${state}, at its level ${level}`],
    ['Accounts', settled ? 'settled' : 'still running'],
    ['Made', moment(made)],
  ];
  return `<dl>${entries.map(([name = '', value = '']) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>`;
}

function sums({ charge, penalties, rewards, due, violations: { total }, guarantees: all }: MonthReport): string {
  const kept = all.filter((one) => one.violations === 0 && one.measured !== null).length;
  const unknown = all.filter((one) => one.violations === 0 && one.measured === null).length;
  const entries = [
    [`${kept} of ${all.length}`, 'guarantees measured and without a violation'],
    ...(unknown > 0 ? [[String(unknown), 'not measured in the month']] : []),
    [figure(total), total === 1 ? 'violation' : 'violations'],
    [money(charge), 'charged'],
    [money(penalties), 'credited to you'],
    ...(rewards > 0 ? [[money(rewards), 'earned by the provider']] : []),
    [money(due), 'due for the month'],
  ];
  return `<ul class="sums">${entries.map(([value = '', label = '']) => `<li><b>${escaped(value)}</b> ${escaped(label)}</li>`).join('')}</ul>`;
}

/** Where each kind of figure comes from, for whoever has to vouch for them. */
function sources({ agreement, month, version }: MonthReport): string {
  const entries = [
    ['Promised', 'by the agreement. Below each guarantee stands what it is made of, its window, and who measures it.'],
    [
      'In the month',
      'what the same arithmetic comes to when the month is its window, from the samples of the monitor’s archive. – is: nothing was measured.',
    ],
    ['Budget spent', 'the part of what may go wrong that has. Above 100 % it is overspent.'],
    [
      'Violations',
      'as the monitor opened and closed them, over the guarantee’s own window. Each has an id: /violation/ID, and its measurements are there.',
    ],
    [
      'Amounts',
      'USD. What is charged is each machine’s hours at its prices; what is credited, the ledger’s. From one dollar on they are rounded to cents here.',
    ],
    ['Times', 'UTC, days from midnight to midnight.'],
    ['The same, exactly', `/agreement/${agreement}/report?month=${month} as application/json (version ${version}) or text/csv.`],
  ];
  return `<dl class="sources">${entries.map(([name = '', value = '']) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`;
}
