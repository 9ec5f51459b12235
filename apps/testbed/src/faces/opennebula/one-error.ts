import type { Refusal } from '../../cloud/refusal.js';
import type { Release } from './release.js';

/** OpenNebula documentation, "XML-RPC API", error codes. */
export const codes = {
  authentication: 0x0100,
  authorization: 0x0200,
  noExists: 0x0400,
  action: 0x0800,
  api: 0x1000,
  internal: 0x2000,
  allocate: 0x4000,
} as const;

/** What a method refuses with. */
export class OneError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'OneError';
  }
}

/** The words of one method of one release (src/rm/Request.cc of the source). */
export class Words {
  private readonly label: string;

  constructor(
    private readonly release: Release,
    method: string,
    private readonly user: number,
  ) {
    this.label = `[${release.label(method)}]`;
  }

  unauthenticated(): OneError {
    return new OneError(codes.authentication, `${this.label} User couldn't be authenticated, aborting call.`);
  }

  unknown(what: string, id: number | string): OneError {
    return new OneError(codes.noExists, `${this.label} Error getting ${what} [${id}].`);
  }

  /** Not while it is as it is. */
  wrong(message: string): OneError {
    return new OneError(codes.action, `${this.label} ${message}`);
  }

  invalid(message: string): OneError {
    return new OneError(codes.api, `${this.label} ${message}`);
  }

  internal(message: string): OneError {
    return new OneError(codes.internal, `${this.label} ${message}`);
  }

  unallocated(what: string, message: string): OneError {
    return new OneError(codes.allocate, `${this.label} Error allocating a new ${what}. ${message}`);
  }

  /** @param quota e.g. `limit of 3 reached for VMS quota in VM`. */
  overQuota(quota: string): OneError {
    const whose = this.release.isFrom(5, 4) ? `user [${this.user}] ` : '';
    return new OneError(codes.authorization, `${this.label} User [${this.user}] : ${whose}${quota}.`);
  }

  /** What the cloud refuses, where a method has no words of its own for it. */
  refused(refusal: Refusal): OneError {
    if (refusal.reason === 'quota') return this.overQuota(`limit reached. ${refusal.message}`);
    return this.wrong(refusal.message);
  }
}
