import type { Agreement, Health, Term } from '../entities.js';
import { columns } from './columns.js';
import { measure } from './figures.js';
import { reactionLines } from './reactions.js';

export type Paint = (state: string) => string;

/** An agreement's guarantees and the health of its resources, as they are now. */
export function slaLines(agreement: Agreement, paint: Paint = (state) => state): string[] {
  const names = new Map(agreement.health.map(({ resource, title }) => [resource, title ?? resource]));
  return [
    ...(agreement.terms.length > 0
      ? columns(
          termColumns,
          agreement.terms.map((term) => termRow(term, names, paint)),
        )
      : ['This call asks for no guarantees.']),
    '',
    ...columns(
      healthColumns,
      agreement.health.map((health) => healthRow(health, paint)),
    ),
    ...under('', reactionLines(agreement.reactions, mostReactions)),
  ];
}

/** A board has room for the latest. */
const mostReactions = 5;

const under = (head: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [head, ...lines]);

const termColumns = [
  { title: 'GUARANTEE' },
  { title: 'OF' },
  { title: 'WANTED', align: 'right' as const },
  { title: 'MEASURED', align: 'right' as const },
  { title: 'STATE' },
  { title: 'ALLOWANCE SPENT', align: 'right' as const },
];

function termRow(term: Term, names: ReadonlyMap<string, string>, paint: Paint): string[] {
  const bound = term.term === 'availability' ? '≥' : '≤';
  return [
    term.term,
    term.resource ? (names.get(term.resource) ?? term.resource) : term.of,
    `${bound} ${measure(term.wanted, term.unit)}`,
    measure(term.measured, term.unit),
    paint(term.state),
    term.spent === null ? '' : `${(term.spent * 100).toFixed(1)} %`,
  ];
}

const healthColumns = [
  { title: 'RESOURCE' },
  { title: 'ADDRESS' },
  { title: 'HEALTH' },
  { title: 'RESPONSE', align: 'right' as const },
];

const healthRow = ({ resource, title, address, state, milliseconds }: Health, paint: Paint): string[] => [
  title ?? resource,
  address ?? '–',
  paint(state),
  milliseconds === null ? '–' : `${milliseconds.toFixed(1)} ms`,
];
