import { reasonOf } from '@cloud-agency/errors';
import type { FailureReason } from '@cloud-agency/bus';

interface Evidence {
  /** The vendor's own code. */
  readonly code?: string;
  /** When the vendor says how long to wait, ms. */
  readonly retryAfterMs?: number;
  /** The call never reached the vendor. */
  readonly neverSent?: boolean;
  /** What was asked for has begun and takes its time: the same call is to be made again. */
  readonly underWay?: boolean;
}

/** A cloud's failure as one of the typed reasons (VENDORS.md), with the vendor's own code and message beside it. Never carries a secret. */
export class VendorError extends Error {
  readonly vendorCode: string | null;
  readonly retryAfterMs: number | undefined;
  private readonly neverSent: boolean;
  private readonly underWay: boolean;

  constructor(
    readonly reason: FailureReason,
    message: string,
    evidence: Evidence = {},
  ) {
    super(message);
    this.name = 'VendorError';
    this.vendorCode = evidence.code ?? null;
    this.retryAfterMs = evidence.retryAfterMs;
    this.neverSent = evidence.neverSent ?? false;
    this.underWay = evidence.underWay ?? false;
  }

  /** The same failure with its words, the vendor's code included, changed. */
  reworded(change: (text: string) => string): VendorError {
    return new VendorError(this.reason, change(this.message), {
      ...(this.vendorCode === null ? {} : { code: change(this.vendorCode) }),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      neverSent: this.neverSent,
      underWay: this.underWay,
    });
  }

  /** True when the call may have had its effect although its answer never came. */
  get outcomeUnknown(): boolean {
    return !this.neverSent && ['timeout', 'unavailable', 'unknown'].includes(this.reason);
  }

  /** True when the same call may well succeed later. */
  get passing(): boolean {
    return this.underWay || ['timeout', 'unavailable', 'unknown', 'rate-limited'].includes(this.reason);
  }
}

/** Anything else that was thrown, as the reason `unknown`. */
export function asVendorError(error: unknown): VendorError {
  if (error instanceof VendorError) return error;
  return new VendorError('unknown', reasonOf(error));
}

/** What is gone is gone: undefined instead of the failure `not-found`. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (asVendorError(error).reason === 'not-found') return undefined;
    throw error;
  }
}
