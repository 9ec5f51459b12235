/** What a call's probes say after parsing (docs/calls.md, Probes). Plain values: they are stored, and travel to the monitor, as they are. */

/** Times in ms. */
interface Probing {
  readonly of: string;
  readonly every: number;
  readonly timeout: number;
  /** Consecutive failures until `down`. */
  readonly failures: number;
}
/** A probe of the machines of an item: one of the kinds of ./kinds.ts. */
export type Probe = Probing & ProbeWhat;

/** What a probe asks, under the name of its kind. */
export type ProbeWhat =
  /** A text: a GET of that URL, answered by 2xx. */
  { readonly http: string | HttpAsk } | { readonly tcp: TcpAsk } | { readonly dns: DnsAsk } | { readonly icmp: IcmpAsk };

/** One HTTP request, and what its answer must be. */
export interface HttpAsk {
  /** Holds the placeholder `{address}` for its host. */
  readonly url: string;
  /** Absent: GET. */
  readonly method?: HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the request. */
  readonly send?: string;
  /** 200, or '2xx' for all from 200 to 299; absent: 2xx. */
  readonly status?: readonly (number | StatusClass)[];
  readonly body?: BodyExpectation;
  /** How many redirections are followed, to the machine itself only; absent: none. */
  readonly redirects?: number;
  readonly tls?: TlsExpectation;
}
export const httpMethods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof httpMethods)[number];
export const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof statusClasses)[number];

/** All that is given must be so. */
export interface BodyExpectation {
  readonly contains?: string;
  /** In the syntax of RE2, found anywhere. */
  readonly matches?: string;
  readonly json?: JsonExpectation;
}
/** The value at `path` (./json-path.ts), as text: `true`, `3`, `ok`. */
export interface JsonExpectation {
  readonly path: string;
  readonly equals: string;
}

export interface TlsExpectation {
  /** Whether the certificate has to be one that is trusted, for the name or address asked; absent: it has. */
  readonly verify?: boolean;
  /** How long it must be valid from now at least, ms. */
  readonly validFor?: number;
  /** The name that is asked for instead of the machine's address: in TLS, for the certificate, and as the Host. */
  readonly serverName?: string;
  /** Who may have issued the certificate, PEM, instead of the usual authorities. */
  readonly ca?: string;
}

export interface TcpAsk {
  readonly port: number;
  /** What is sent once the connection stands. */
  readonly send?: string;
  /** What has to be received then, somewhere in what comes. */
  readonly expect?: string;
}

export const dnsTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SRV', 'TXT'] as const;
export type DnsType = (typeof dnsTypes)[number];
export interface DnsAsk {
  readonly name: string;
  readonly type: DnsType;
  /** Each of them is to be among the answers, as a text (docs/calls.md); absent: any answer will do. `{address}` is the machine's. */
  readonly answers?: readonly string[];
  /** An IP address; absent: the machine itself is asked. */
  readonly resolver?: string;
  /** Absent: 53. */
  readonly port?: number;
}

/** Echo requests; it is up when one of them is answered. */
export interface IcmpAsk {
  readonly packets: number;
}
