import type { Proposal, ProposalItem, ProposalScore } from '../entities/call.js';
import { columns } from './columns.js';
import { amount, measure } from './figures.js';

/** The ranked proposals as a table: cost a month, each objective's score, where each item goes; below it why each lost to the one before. */
export function proposalLines(proposals: readonly Proposal[]): string[] {
  const [first] = proposals;
  if (!first) return ['There are no proposals.'];
  const objectives = Object.keys(first.scores);
  const table = columns(
    [
      { title: '#', align: 'right' },
      { title: `${first.currency}/month`, align: 'right' },
      { title: 'score', align: 'right' },
      ...objectives.map((title) => ({ title, align: 'right' as const })),
      { title: 'where' },
    ],
    proposals.map((proposal) => [
      String(proposal.rank),
      amount(proposal.cost),
      proposal.score.toFixed(3),
      ...objectives.map((objective) => scoreCell(objective, proposal.scores[objective])),
      proposal.items.map(place).join('\n'),
    ]),
  );
  return [
    ...table,
    '',
    ...proposals.filter(({ why }) => why !== '').map(({ rank, why }) => `  ${rank}. ${why}`),
    ...proofLines(proposals),
  ];
}

function scoreCell(objective: string, score: ProposalScore | undefined): string {
  if (!score) return '–';
  const value = objective === 'availability' ? `\n${measure(score.value, score.unit ?? 'fraction')}` : '';
  return `${score.normalised.toFixed(3)}${value}`;
}

function place({ item, count, vendor, region, zone, type, offer, ...terms }: ProposalItem): string {
  const machine = type ?? offer;
  return `${item}: ${count} × ${machine}${termsOf(terms)} at ${vendor} ${zone && zone !== region ? `${region}, ${zone}` : region}`;
}

/** What is not as usual: a machine that its vendor may take back, or that is paid for a while. */
function termsOf({ market, commitment }: Pick<ProposalItem, 'market' | 'commitment'>): string {
  const spot = market === 'spot' ? ' (spot)' : '';
  return commitment === undefined ? spot : `${spot} (paid for ${commitment} at least)`;
}

function proofLines(proposals: readonly Proposal[]): string[] {
  const unproven = proposals.filter(({ optimal }) => !optimal);
  if (unproven.length === 0) return ['  The ranking is proven: no better plan exists.'];
  return unproven.map(
    ({ rank, gap }) => `  ${rank} may be bettered by at most ${(gap * 100).toFixed(2)} %: time ran out before the proof.`,
  );
}
