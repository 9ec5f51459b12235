import { type Interval, type Span, within } from './interval.js';

/** One machine of a group: since when and until when it belonged to it, and when it was down. */
export interface Member extends Interval {
  readonly down: readonly Interval[];
}

/**
 * When a group was down: when fewer than `minUp` of its machines could be up (CFP.md 6, `as: group`). A machine of which nothing is known
 * is given the benefit of the doubt. A group that its client shrank below `minUp` has to be up in full.
 */
export function groupDowntime(members: readonly Member[], minUp: number, span: Span): Span[] {
  const downtime: Span[] = [];
  let size = 0;
  let down = 0;
  let since: number | undefined;
  for (const step of steps(members, span)) {
    const isDown = size - down < Math.min(minUp, size);
    if (isDown && since !== undefined && since < step.at) downtime.push({ from: since, until: step.at });
    size += step.size;
    down += step.down;
    since = step.at;
  }
  return within(downtime, span);
}

interface Step {
  readonly at: number;
  readonly size: number;
  readonly down: number;
}

function steps(members: readonly Member[], span: Span): Step[] {
  return members.flatMap((member) => stepsOf(member, span)).sort((a, b) => a.at - b.at);
}

function stepsOf(member: Member, span: Span): Step[] {
  const [membership] = within([member], span);
  if (!membership) return [];
  const outages = within(member.down, membership);
  return [...pair(membership, { size: 1, down: 0 }), ...outages.flatMap((outage) => pair(outage, { size: 0, down: 1 }))];
}

function pair(span: Span, by: { size: number; down: number }): Step[] {
  return [
    { at: span.from, ...by },
    { at: span.until, size: -by.size, down: -by.down },
  ];
}
