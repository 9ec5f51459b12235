import { exit } from '../failure.js';
import type { History, HistoryPoint } from '../measured.js';
import { moment, momentForms } from '../times.js';
import { verb, withUrl } from '../verb.js';
import { chart, columnsOf } from '../views/chart.js';
import { plural } from '../views/figures.js';

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly step?: string;
}

const lines = 6;
const widest = 120;

export const history = verb<Options>(
  {
    name: 'history',
    description: 'Show what became of a metric of a resource, e.g. response_time or up',
    adjust: (command) =>
      withUrl(command)
        .argument('<resource>', 'id of the compute')
        .argument('<metric>', 'what was measured')
        .option('--since <when>', `${momentForms} (default: an hour before the end)`, moment)
        .option('--until <when>', 'until when, told in the same way (default: now)', moment)
        .option('--step <time>', 'what each point is over, e.g. "5 min" (default: what gives about a hundred)'),
  },
  async ({ args: [resource = '', metric = ''], options: { since: from, until, step }, client, terminal }) => {
    const query = { ...(from && { from }), ...(until && { until }), ...(step && { step }) };
    const found = await client.history({ resource, metric, ...query });
    terminal.tell(told(found).join('\n'), found);
    return exit.done;
  },
);

function told({ metric, from, until, step, series }: History): readonly string[] {
  if (series.every(({ points }) => points.length === 0)) return [`Nothing was measured of ${metric} from ${from} to ${until}.`];
  return series.flatMap(({ source, points }) => {
    const last = points.slice(-widest);
    const values = columnsOf(
      last.map((point) => ({ at: Date.parse(point.from), value: point.mean })),
      step,
    );
    return [
      `${metric} by ${source}: mean of each ${spanOf(step)} from ${last[0]?.from ?? from}`,
      ...chart(values.slice(-widest), { height: lines, label: figure }),
      summary(points),
    ];
  });
}

function summary(points: readonly HistoryPoint[]): string {
  const samples = points.reduce((sum, { count }) => sum + count, 0);
  const failures = points.reduce((sum, point) => sum + point.failures, 0);
  const all = (of: (point: HistoryPoint) => number | null) => points.flatMap((point) => of(point) ?? []);
  const [least, most, p95] = [all(({ min }) => min), all(({ max }) => max), all((point) => point.p95)];
  const range =
    samples === 0
      ? ''
      : `; least ${figure(Math.min(...least))}, most ${figure(Math.max(...most))}, p95 at most ${figure(Math.max(...p95))}`;
  return `${plural(samples, 'sample')}${failures === 0 ? '' : `, ${plural(failures, 'failure')}`}${range}`;
}

const figure = (value: number): string => String(Number(value.toPrecision(4)));

function spanOf(ms: number): string {
  const [unit, size] = units.find(([, length]) => ms % length === 0) ?? ['ms', 1];
  return `${ms / size} ${unit}`;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;
