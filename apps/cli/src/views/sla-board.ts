import type { Agreement, Health, Term } from '../entities/agreement.js';
import { columns } from './columns.js';
import { measure, owed, promised } from './figures.js';
import { reactionLines } from './reactions.js';

export type Paint = (state: string) => string;

/** An agreement's guarantees and the health of its resources, as they are now. */
export function slaLines(agreement: Agreement, paint: Paint = (state) => state): string[] {
  const subject = subjectsOf(agreement);
  return [
    ...(agreement.terms.length > 0
      ? columns(
          termColumns,
          [...agreement.terms].sort(worstFirst).map((term) => termRow(term, subject(term), paint)),
        )
      : ['This call asks for no guarantees.']),
    ...accountLines(agreement),
    '',
    ...columns(
      healthColumns,
      agreement.health.map((health) => healthRow(health, paint)),
    ),
    ...under('', reactionLines(agreement.reactions, mostReactions)),
  ];
}

/** What is out of the ordinary: another level than the agreed one, and what is owed. */
export function accountLines({ level, penalties, rewards }: Agreement): string[] {
  return [
    ...(level === '' || level === 'agreed' ? [] : [`Fallen back to the level ${level}.`]),
    ...(penalties > 0 ? [`Penalties: ${owed(penalties)} credited to you.`] : []),
    ...(rewards > 0 ? [`Rewards: ${owed(rewards)} owed by you.`] : []),
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

function termRow(term: Term, subject: string, paint: Paint): string[] {
  return [
    titleOf(term),
    subject,
    promised(term),
    measure(term.measured, term.unit),
    paint(standing(term)),
    term.spent === null ? '' : `${(term.spent * 100).toFixed(1)} %`,
  ];
}

/** What a guarantee is of: its machine by name, or its item. */
export function subjectsOf({ health }: Pick<Agreement, 'health'>): (term: Pick<Term, 'resource' | 'of'>) => string {
  const names = new Map(health.map(({ resource, title }) => [resource, title ?? resource]));
  return ({ resource, of }) => (resource ? (names.get(resource) ?? resource) : of);
}

/** What is promised, in a word or as an expression. */
export const titleOf = ({ term, about = term }: Term): string => about;

/** Its state, or that it is kept but at risk. */
export const standing = ({ state, risk }: Term): string => (state === 'fulfilled' && risk ? 'at risk' : state);

/** How much a guarantee asks to be looked at; 0: it is well. */
export function concern(term: Term): number {
  if (term.state === 'violated') return 4;
  if (standing(term) === 'at risk') return 3;
  if ((term.spent ?? 0) >= nearlySpent) return 2;
  return term.state === 'undefined' ? 1 : 0;
}

export const nearlySpent = 0.75;

/** What is broken first, then what may be. */
export const worstFirst = (a: Term, b: Term): number => concern(b) - concern(a);

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
