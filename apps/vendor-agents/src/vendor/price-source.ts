import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type HttpAnswer, retryAfterMs, type VendorHttp } from './http.js';
import { VendorError } from './vendor-error.js';

export interface PriceText {
  readonly csv: string;
  /** What tells this version from the next: an ETag, or a file's date and size. */
  readonly version: string;
}

/** Where an account's prices come from. */
export interface PriceFeed {
  /** How often it is worth asking, ms. */
  readonly everyMs: number;
  /**
   * The list, or undefined when it is still the version known.
   * @throws VendorError when it cannot be had.
   */
  newerThan(version: string | undefined): Promise<PriceText | undefined>;
}

/** Where the operator keeps a price list: a file, or an http(s) URL that is asked with `If-None-Match`. */
export class PriceSource implements PriceFeed {
  readonly everyMs = 0;

  constructor(
    /** Undefined when the account names none and its vendor tells none: without a price there is no offer. */
    private readonly place: string | undefined,
    private readonly http: VendorHttp,
  ) {}

  async newerThan(version: string | undefined): Promise<PriceText | undefined> {
    if (this.place === undefined)
      throw new VendorError('not-found', "the vendor tells no prices, and the account names no price list; add 'prices' to it");
    const text = /^https?:\/\//.test(this.place) ? await this.fetch(this.place, version) : await readList(this.place, version);
    return text?.version === version ? undefined : text;
  }

  private async fetch(url: string, version: string | undefined): Promise<PriceText | undefined> {
    const answer = await this.http.send({
      method: 'GET',
      url,
      headers: { accept: 'text/csv', ...(version === undefined ? {} : { 'if-none-match': version }) },
      scope: 'prices',
      idempotent: true,
    });
    if (answer.status === 304) return undefined;
    if (answer.status !== 200) throw refused(url, answer);
    return { csv: answer.body, version: answer.headers.etag ?? createHash('sha256').update(answer.body).digest('hex') };
  }
}

async function readList(file: string, version: string | undefined): Promise<PriceText | undefined> {
  try {
    const { mtimeMs, size } = await stat(file);
    const current = `${mtimeMs}-${size}`;
    return current === version ? undefined : { csv: await readFile(file, 'utf8'), version: current };
  } catch {
    throw new VendorError('not-found', `the price list ${file} cannot be read; correct 'prices' of the account`);
  }
}

function refused(url: string, answer: HttpAnswer): VendorError {
  const wait = retryAfterMs(answer);
  const reason = answer.status === 429 ? 'rate-limited' : answer.status >= 500 ? 'unavailable' : 'invalid-request';
  return new VendorError(reason, `the price list ${url} cannot be had: status ${answer.status}`, {
    code: String(answer.status),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}
