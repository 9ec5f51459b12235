import type { Resources } from './sizes.js';

/**
 * What is still to be done with a server, before which most of it has to be stopped: CloudSigma changes the processors, the memory and the
 * drives of stopped servers only (Servers, Editing), and has no restart. The server itself carries it, so that whoever looks at it next
 * goes on, also after a crash.
 */
export interface Plan {
  /** Of what its first drive is to be cloned. */
  readonly image?: string;
  /** What it is to have. */
  readonly resources?: Resources;
  readonly attach?: readonly string[];
  readonly detach?: readonly string[];
  /** It is to run after that. */
  readonly start: boolean;
  /** It has never run. */
  readonly fresh?: true;
  /** Since when it ran when this was planned; null when it did not. */
  readonly since: string | null;
  /** Stop it without waiting for its operating system. */
  readonly hard?: true;
}

/** In `meta` of a server; keys have 32 characters at most (Meta). */
export const planKey = 'agency.plan';

export function readPlan(meta: Readonly<Record<string, string>>): Plan | undefined {
  const written = meta[planKey];
  if (written === undefined) return undefined;
  try {
    const plan = JSON.parse(written) as Plan | null;
    return plan !== null && typeof plan === 'object' ? plan : undefined;
  } catch {
    return undefined;
  }
}

export function withPlan(meta: Readonly<Record<string, string>>, plan: Plan | undefined): Readonly<Record<string, string>> {
  const others = Object.fromEntries(Object.entries(meta).filter(([key]) => key !== planKey));
  return plan ? { ...others, [planKey]: JSON.stringify(plan) } : others;
}

/** What is left of it when the server has all that it was to be stopped for, or cannot have it. */
export const startOf = ({ start, since, fresh }: Plan): Plan => ({ start, since, ...(fresh ? { fresh } : {}) });

/** Whether there is something that only a stopped server lets be done. */
export const needsRest = ({ image, resources, attach = [], detach = [] }: Plan): boolean =>
  image !== undefined || resources !== undefined || attach.length + detach.length > 0;
