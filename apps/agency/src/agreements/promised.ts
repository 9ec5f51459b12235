/** What an agreement has promised over time: renegotiated, it promises something else, and what was violated before stays owed by what was promised then. */
import { agreedLevel, allGuarantees, type Call, type Guarantee, type Numbered } from '@cloud-agency/sla';
import type { FormerPromise } from '../store/agreement-tables.js';

/** The former promises of an agreement whose call becomes another one. */
export function formerAfter(former: readonly FormerPromise[], before: Call, after: Call, now: number): readonly FormerPromise[] {
  const [old, fresh] = [guaranteesOf(before), guaranteesOf(after)];
  const longer = old.length > fresh.length ? old : fresh;
  const gone = longer.flatMap((_, index) =>
    isSame(old[index], fresh[index]) ? [] : [{ index, guarantee: old[index] ?? null, until: now }],
  );
  return [...former, ...gone];
}

export class Promised {
  /** Those of now in their order, then former ones that are not among them. */
  readonly numbered: readonly Numbered[];

  constructor(
    call: Call,
    private readonly former: readonly FormerPromise[],
  ) {
    const all = [...allGuarantees(call)];
    for (const { guarantee } of former)
      if (guarantee && !all.some((one) => isSame(one.guarantee, guarantee)))
        all.push({ index: all.length, level: agreedLevel, guarantee });
    this.numbered = all;
  }

  get all(): readonly Guarantee[] {
    return this.numbered.map(({ guarantee }) => guarantee);
  }

  /** Whether anything of it is worth money. */
  get isWorth(): boolean {
    return this.all.some(({ penalty, reward }) => penalty !== undefined || reward !== undefined);
  }

  /** What had a number at an instant: its place among those of now and the former ones, and until when it had that number, ms; null: it still has. One that has only got another number is the same promise. */
  held(index: number, at: number): { readonly place: number; readonly until: number | null } {
    const then = this.former.find((one) => one.index === index && at < one.until);
    if (!then) return { place: index, until: null };
    return { place: this.numbered.findIndex(({ guarantee }) => isSame(guarantee, then.guarantee)), until: then.until };
  }

  /** Since when what has a number now is promised, ms; −Infinity: from the beginning. */
  since(index: number): number {
    return Math.max(-Infinity, ...this.former.filter((one) => one.index === index).map(({ until }) => until));
  }
}

const guaranteesOf = (call: Call): readonly Guarantee[] => allGuarantees(call).map(({ guarantee }) => guarantee);

const isSame = (a: Guarantee | null | undefined, b: Guarantee | null | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
