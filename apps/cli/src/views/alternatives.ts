import type { Alternative, Explanation, ItemExplanation } from '@cloud-agency/sla';
import { columns } from './columns.js';
import { amount, measure } from './figures.js';

/** For each item the best of the offers that lost, value by value, under the winner's that each could replace. */
export function alternativeLines({ items }: Explanation): string[] {
  const lines = items.flatMap(itemLines);
  return lines.length > 0 ? ['Offers that lost, under what won:', ...lines] : [];
}

/** What constraints cost the best plan, in sentences. */
export function priceLines({ prices = [] }: Explanation): string[] {
  return prices.length > 0 ? ['What the constraints cost:', ...prices.map(({ text }) => `  ${text}`)] : [];
}

type Scores = Alternative['scores'];

function itemLines({ item, alternatives = [] }: ItemExplanation): string[] {
  const [first] = alternatives;
  if (!first) return [];
  const winners = [...new Set(alternatives.map(({ beside }) => beside))];
  const rows = winners.flatMap((winner) => {
    const lost = alternatives.filter(({ beside }) => beside === winner);
    return [[winner, 'won', ...cells(lost[0]?.scores ?? [], 'winner'), ''], ...lost.map(lostRow)];
  });
  const criteria = first.scores.map(({ key }) => ({ title: key, align: 'right' as const }));
  const heads = [{ title: item }, { title: 'score', align: 'right' as const }, ...criteria, { title: '' }];
  return columns(heads, rows).map((line) => `  ${line}`);
}

function lostRow({ offer, loses, breaks, scores }: Alternative): string[] {
  return [`  ${offer}`, signed(-loses), ...cells(scores, 'value'), breaks === undefined ? '' : `breaks ${breaks}`];
}

function cells(scores: Scores, of: 'value' | 'winner'): string[] {
  return scores.map((score) => cell(score[of], score.unit));
}

function cell(value: number | null, unit: string): string {
  if (value !== null && unit === '') return String(Number(value.toPrecision(6)));
  return value !== null && unit.startsWith('USD') ? `${amount(value)} ${unit}` : measure(value, unit);
}

const signed = (value: number): string => (value > 0 ? `+${value.toFixed(4)}` : value.toFixed(4));
