import type { IncomingHttpHeaders } from 'node:http';

/** What a client asks, once; nothing of the HTTP server in it. */
export interface FrontRequest {
  readonly method: string;
  /** As sent, percent-encoding and all, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Values are decoded from UTF-8. */
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly tenant: string;
  /** Scheme and authority that the client reached us by, e.g. `http://127.0.0.1:8080`. */
  readonly base: string;
  /** Whether nobody is there any more to hear the answer. */
  isGone(): boolean;
}

/** What it gets. */
export interface Answer {
  readonly status: number;
  /** Content-Type. */
  readonly type: string;
  /** As bytes where it is made once for many. */
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: FrontRequest) => Promise<Answer>;

export type Verb = 'GET' | 'POST' | 'PUT' | 'DELETE';
/** What can be done at a path. */
export type Verbs = Readonly<Partial<Record<Verb, Handler>>>;
