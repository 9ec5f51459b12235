import type { Agreement, Health, Term } from '../entities/agreement.js';
import type { AgencyEvent } from '../entities/event.js';
import type { Style } from '../terminal.js';
import { measure, plural, promised } from './figures.js';
import { apart, fitted, harmless, padded, widthOf, wrapped } from './fitting.js';
import { accountLines, concern, nearlySpent, standing, titleOf } from './sla-board.js';

export interface WatchState {
  readonly url: string;
  readonly agreements: readonly Agreement[];
  /** Newest last. */
  readonly events: readonly AgencyEvent[];
  /** Since when the Agency does not answer; undefined while it does. */
  readonly lostAt: Date | undefined;
  /** When these figures were read. */
  readonly at: Date | undefined;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

type Styled = (style: Style, text: string) => string;

/** Lines of the newest events, on a screen that has room for them. */
const eventRows = 6;
/** Machines and guarantees of one agreement that are shown whatever their state; of more, those that are not as they should be, the worst first. */
const mostWell = 8;
const mostShown = 100;
/** From so many columns on there is room for bars, and for what is wanted beside what is measured. */
const columnsForBars = 72;
const columnsForBounds = 56;

export interface Frame {
  /** Exactly as many as the screen has, none longer than it is wide. */
  readonly lines: readonly string[];
  /** How far one can scroll, lines. */
  readonly furthest: number;
}

/** What `agency watch` shows. `offset`: how many lines of the middle have been scrolled past. */
export function watchFrame(state: WatchState, { columns, rows }: Size, offset: number, styled: Styled): Frame {
  const events = eventLines(state.events, columns, Math.min(eventRows, Math.max(0, Math.floor(rows / 4))), styled);
  const room = Math.max(0, rows - 2 - (events.length > 0 ? events.length + 1 : 0));
  const middle = middleLines(state, columns, styled);
  const furthest = Math.max(0, middle.length - room);
  const from = Math.min(offset, furthest);
  const shown = middle.slice(from, from + room);
  const more = middle.length - from - shown.length;
  const filled = [...shown, ...Array.from({ length: room - shown.length }, () => '')];
  const lines = [
    headLine(state, columns, styled),
    ...filled,
    ...(events.length > 0 ? [styled('bold', 'Last events'), ...events] : []),
    apart(
      styled('dim', 'q ends · ↑ ↓ PgUp PgDn g G scroll'),
      [...(from > 0 ? [`${from} above`] : []), ...(more > 0 ? [`${plural(more, 'more line')} below`] : [])].join(', '),
      columns,
    ),
  ];
  return { lines: lines.slice(0, rows).map((line) => fitted(line, columns)), furthest };
}

/** Lines between the first one and the events. */
const middleLines = (state: WatchState, columns: number, styled: Styled): readonly string[] =>
  state.agreements.length === 0
    ? [state.at ? 'There are no agreements yet.' : 'Waiting for the Agency …']
    : [...state.agreements].sort(worstFirst).flatMap((agreement) => ['', ...agreementLines(agreement, columns, styled)]);

function headLine({ url, agreements, lostAt, at }: WatchState, columns: number, styled: Styled): string {
  const right = lostAt
    ? styled('red', `DISCONNECTED since ${clock(lostAt)} UTC, trying again`)
    : styled('green', at ? `connected ${clock(at)} UTC` : 'connecting');
  const wrong = troubles(agreements);
  const left = `${plural(agreements.length, 'agreement')}${wrong === '' ? '' : `: ${wrong}`} at ${url}`;
  return apart(styled('bold', left), right, columns);
}

/** `2 violated, 1 at risk, 3 down`, of all that is watched. */
function troubles(agreements: readonly Agreement[]): string {
  const terms = agreements.flatMap((one) => one.terms);
  const counts = [
    [terms.filter(({ state }) => state === 'violated').length, 'violated'],
    [terms.filter((term) => standing(term) === 'at risk').length, 'at risk'],
    [agreements.flatMap(({ health }) => health).filter(({ state }) => state === 'down').length, 'down'],
  ] as const;
  return counts.flatMap(([count, word]) => (count > 0 ? `${count} ${word}` : [])).join(', ');
}

function agreementLines(agreement: Agreement, columns: number, styled: Styled): readonly string[] {
  const { name, state, id, terms, health } = agreement;
  const names = new Map(health.map((one) => [one.resource, nameOf(one)]));
  return [
    `${styled('bold', harmless(name))}  ${styled(state === 'accepted' ? 'green' : 'yellow', state)}  ${styled('dim', id)}`,
    ...accountLines(agreement).map((line) => `  ${line}`),
    ...(terms.length === 0 ? ['  It asks for no guarantees.'] : termLines(terms, names, columns, styled)),
    ...healthLines(health, styled),
  ];
}

const stateStyles: Readonly<Record<string, Style>> = {
  fulfilled: 'green',
  up: 'green',
  violated: 'red',
  down: 'red',
  'at risk': 'yellow',
};

function termLines(
  terms: readonly Term[],
  names: ReadonlyMap<string, string>,
  columns: number,
  styled: Styled,
): readonly string[] {
  const ranked = [...terms].sort((a, b) => concern(b) - concern(a));
  const listed = terms.length <= mostWell ? ranked : ranked.filter((term) => concern(term) > 0).slice(0, mostShown);
  const hidden = terms.length - listed.length;
  const kept = terms.filter(({ state }) => state === 'fulfilled').length;
  const rows = listed.map((term) => ({
    name: harmless(`${titleOf(term)} of ${term.resource ? (names.get(term.resource) ?? term.resource) : term.of}`),
    figures: figuresOf(term, columns >= columnsForBounds),
    term,
  }));
  const figureWidth = Math.max(0, ...rows.map(({ figures }) => widthOf(figures)));
  const longest = Math.max(0, ...rows.map(({ name }) => widthOf(name)));
  const room = columns - (2 + 2 + figureWidth + 2 + stateWidth + 2 + spentWidth);
  // A name that can be read is worth more than a bar.
  const hasBars = columns >= columnsForBars && longest <= room - barWidth - 1;
  const nameWidth = Math.max(8, Math.min(longest, room));
  return [
    ...rows.map(({ name, figures, term }) =>
      [
        `  ${padded(name, nameWidth)}`,
        padded(figures, figureWidth),
        styled(stateStyles[standing(term)] ?? 'dim', padded(standing(term), stateWidth)),
        spentOf(term, hasBars, styled),
      ].join('  '),
    ),
    ...(hidden > 0 ? [`  … ${plural(hidden, 'more guarantee')}; ${kept} of ${terms.length} are fulfilled`] : []),
  ];
}

const figuresOf = (term: Term, hasBound: boolean): string =>
  measure(term.measured, term.unit) + (hasBound ? ` of ${promised(term)}` : '');

const stateWidth = 9;
const barWidth = 10;
const spentWidth = 6;

/** How much of the allowance is spent. */
function spentOf({ spent }: Term, hasBar: boolean, styled: Styled): string {
  if (spent === null) return '';
  const text = `${spent >= 9.995 ? '>999' : (spent * 100).toFixed(0)} %`.padStart(spentWidth);
  const colour = spent >= 1 ? 'red' : spent >= nearlySpent ? 'yellow' : 'green';
  if (!hasBar) return styled(colour, text);
  const full = Math.min(barWidth, Math.ceil(Math.max(0, spent) * barWidth));
  return styled(colour, `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${text}`);
}

const nameOf = ({ title, resource }: Health): string => harmless(title ?? resource);

function healthLines(health: readonly Health[], styled: Styled): readonly string[] {
  const ranked = [...health].sort((a, b) => ranks[b.state] - ranks[a.state]);
  const shown = health.length <= mostWell ? ranked : ranked.filter(({ state }) => state !== 'up').slice(0, mostShown);
  const width = Math.max(0, ...shown.map((one) => widthOf(nameOf(one))));
  const address = Math.max(0, ...shown.map((one) => widthOf(one.address ?? '–')));
  const hidden = health.length - shown.length;
  const up = health.filter(({ state }) => state === 'up').length;
  return [
    ...shown.map((one) =>
      [
        `  ${padded(nameOf(one), width)}`,
        padded(one.address ?? '–', address),
        styled(stateStyles[one.state] ?? 'dim', padded(one.state, 'unknown'.length)),
        one.milliseconds === null ? '' : `${one.milliseconds.toFixed(1)} ms`,
      ].join('  '),
    ),
    ...(hidden > 0 ? [`  … ${plural(hidden, 'more machine')}; ${up} of ${health.length} are up`] : []),
  ];
}

const ranks = { down: 2, unknown: 1, up: 0 } as const;

/** The newest, as many as there is room for; what is longer than a line goes on below it. */
function eventLines(events: readonly AgencyEvent[], columns: number, most: number, styled: Styled): readonly string[] {
  const lines = events.slice(-most || events.length).flatMap(({ at, message }) => {
    const [first = '', ...more] = wrapped(harmless(message), columns - eventIndent);
    return [`  ${styled('dim', clock(new Date(at)))} ${first}`, ...more.map((line) => ' '.repeat(eventIndent) + line)];
  });
  return lines.slice(-most || lines.length);
}

/** Two spaces, the time and one more. */
const eventIndent = 2 + 'hh:mm:ss'.length + 1;

/** What is broken, or close to it, comes first. */
function worstFirst(a: Agreement, b: Agreement): number {
  return trouble(b) - trouble(a) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
}

const trouble = ({ terms, health }: Agreement): number =>
  4 * Number(terms.some(({ state }) => state === 'violated')) +
  2 * Number(health.some(({ state }) => state === 'down')) +
  Number(terms.some((term) => concern(term) >= 2));

const clock = (at: Date): string => at.toISOString().slice(11, 19);
