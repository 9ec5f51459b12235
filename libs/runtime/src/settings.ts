import { AgencyError, nearest } from '@cloud-agency/errors';
import { resolve } from 'node:path';
import type { AgencyConfig } from './config.js';
import type { Secret } from './secret.js';

/** What a process of the agency can do of its work (docs/deployment.md). */
export const agencyRoles = ['front', 'client', 'mediator', 'negotiator', 'tier'] as const;
export type AgencyRole = (typeof agencyRoles)[number];

/** The environment, read and checked once at start (ARCHITECTURE.md, From outside). */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** Where the NATS server is, and the token it wants. In the embedded mode `agency up` fills both in. */
  readonly natsUrl?: string;
  readonly natsToken?: string;
  /** PostgreSQL; without it SQLite files in the data directory. */
  readonly databaseUrl?: string;
  /** What this process of the agency does; all by default. */
  readonly roles: readonly AgencyRole[];
  readonly auth: 'none' | 'token' | 'oidc';
  /** Whose token is whose, for `token`. */
  readonly tokens: readonly { readonly tenant: string; readonly token: Secret }[];
  /** The provider whose tokens are taken, and the claim that names the tenant, for `oidc`. */
  readonly oidc?: { readonly issuer: string; readonly audience: string; readonly claim: string };
  /** Requests of one tenant, a second; 0 is no limit. */
  readonly rateLimit: number;
  /** Whether the text renderings write the names of attributes in lower case, for strict clients of OCCI 1.1. */
  readonly lowerCaseNames?: boolean;
  /** Absent: as without a word about them. */
  readonly agents?: AgentSettings;
  /** Where a process without a front serves its metrics, and the token that whoever reads the metrics of any has to show. */
  readonly metricsPort?: number;
  readonly metricsToken?: string;
  readonly logLevel: string;
  readonly config: AgencyConfig;
}

/** How the agents of resources come in (docs/resource-agent.md). */
export interface AgentSettings {
  /** Where they are listened for; absent: at a free port, once the first is wanted, unless processes share the work. */
  readonly port?: number | 'off';
  /** What machines are told to connect to; absent: the host and the port. */
  readonly url?: string;
  /** How long a certificate lasts, ms. */
  readonly certificateMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws AgencyError invalid-setting naming the variable, what it holds and what it may hold. */
export function readSettings(environment: Environment, config: AgencyConfig): Settings {
  const host = environment.AGENCY_HOST || '127.0.0.1';
  return {
    host,
    port: readPort('AGENCY_PORT', environment.AGENCY_PORT || '8080'),
    dataDirectory: resolve(environment.AGENCY_DATA || '.agency'),
    ...(environment.NATS_URL ? { natsUrl: environment.NATS_URL } : {}),
    ...(environment.NATS_TOKEN ? { natsToken: environment.NATS_TOKEN } : {}),
    ...(environment.DATABASE_URL ? { databaseUrl: environment.DATABASE_URL } : {}),
    roles: readRoles(environment),
    ...readAccess(environment, config, host),
    rateLimit: readRateLimit(environment.AGENCY_RATE_LIMIT),
    lowerCaseNames: readSwitch('AGENCY_OCCI_LOWERCASE', environment.AGENCY_OCCI_LOWERCASE),
    agents: readAgents(environment),
    ...readMetrics(environment, host),
    logLevel: readLogLevel(environment.AGENCY_LOG),
    config,
  };
}

function readPort(name: string, text: string): number {
  const port = portIn(text);
  if (port !== undefined) return port;
  throw invalid(`${name} is '${text}'; it must be a whole number from 1 to 65535.`);
}

function portIn(text: string): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined;
}

function readAgents(environment: Environment): AgentSettings {
  const { AGENCY_AGENT_PORT: port, AGENCY_AGENT_URL: url, AGENCY_AGENT_CERTIFICATE: lasting } = environment;
  return {
    ...(port ? { port: readAgentPort(port) } : {}),
    ...(url ? { url: readAgentUrl(url) } : {}),
    certificateMs: readLasting(lasting || '24 h'),
  };
}

function readAgentPort(text: string): number | 'off' {
  const port = text === 'off' ? text : portIn(text);
  if (port !== undefined) return port;
  throw invalid(`AGENCY_AGENT_PORT is '${text}'; it must be a whole number from 1 to 65535, or off.`);
}

function readAgentUrl(text: string): string {
  // It goes into a script that machines run, so it holds nothing that a shell could take for more.
  if (/^https:\/\/[\w.:[\]-]+\/?$/.test(text) && URL.canParse(text)) return text.replace(/\/$/, '');
  throw invalid(
    `AGENCY_AGENT_URL is '${text}'; it must be an https URL without a path, such as https://agency.example.org:8443.`,
  );
}

const lastingUnits: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

function readLasting(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6}) ?(s|min|h|d)$/.exec(text) ?? [];
  const ms = Number(amount) * (lastingUnits[unit] ?? NaN);
  if (ms >= 3_000 && ms <= 365 * 86_400_000) return ms;
  throw invalid(`AGENCY_AGENT_CERTIFICATE is '${text}'; it must be a time from 3 s to 365 d, such as 24 h.`);
}

function readRoles({ AGENCY_ROLES: text, DATABASE_URL: databaseUrl }: Environment): readonly AgencyRole[] {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const wrong = names.find((name) => !agencyRoles.some((role) => role === name));
  if (wrong !== undefined) {
    const meant = nearest(wrong, agencyRoles);
    throw invalid(
      `AGENCY_ROLES names '${wrong}'${meant ? `; did you mean ${meant}?` : '.'} The roles are ${agencyRoles.join(', ')}.`,
    );
  }
  const roles = names.length === 0 ? agencyRoles : agencyRoles.filter((role) => names.includes(role));
  // Alone, the negotiator has nothing to store.
  if (databaseUrl || roles.length === agencyRoles.length || roles.every((role) => role === 'negotiator')) return roles;
  throw invalid(
    'AGENCY_ROLES divides the agency among processes, and an SQLite file can be shared by none. Set DATABASE_URL to a PostgreSQL server.',
  );
}

function readAccess(environment: Environment, config: AgencyConfig, host: string): Pick<Settings, 'auth' | 'tokens' | 'oidc'> {
  const auth = environment.AGENCY_AUTH || 'none';
  const tokens = [...(config.tokens ?? []), ...readTokens(environment.AGENCY_TOKENS)];
  const oidc = config.oidc && { oidc: { claim: 'sub', ...config.oidc } };
  if (auth === 'token') {
    if (tokens.length > 0) return { auth, tokens };
    throw invalid(
      'AGENCY_AUTH is token, and there is none. Give them in AGENCY_TOKENS=<tenant>:<token>,… or as tokens: in AGENCY_CONFIG.',
    );
  }
  if (auth === 'oidc') {
    if (oidc) return { auth, tokens, ...oidc };
    throw invalid('AGENCY_AUTH is oidc, and AGENCY_CONFIG names no provider. Add oidc: { issuer: …, audience: … } to it.');
  }
  if (auth !== 'none') throw invalid(`AGENCY_AUTH is '${auth}'; it must be none, token or oidc.`);
  if (!isLoopback(host)) {
    throw invalid(
      `AGENCY_HOST is ${host}, which others can reach, and AGENCY_AUTH is none. Listen on a loopback address such as 127.0.0.1, or set AGENCY_AUTH=token.`,
    );
  }
  return { auth, tokens };
}

const isLoopback = (host: string): boolean => /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host);

const shortestToken = 16;

function readMetrics(
  { AGENCY_METRICS_PORT: port, AGENCY_METRICS_TOKEN: token }: Environment,
  host: string,
): Pick<Settings, 'metricsPort' | 'metricsToken'> {
  if (token && token.length < shortestToken)
    throw invalid(`AGENCY_METRICS_TOKEN has less than ${shortestToken} characters. Make one with: openssl rand -hex 32`);
  if (port && !token && !isLoopback(host))
    throw invalid(
      `AGENCY_METRICS_PORT is set, and AGENCY_HOST is ${host}, which others can reach. Listen on a loopback address, or set AGENCY_METRICS_TOKEN.`,
    );
  return {
    ...(port ? { metricsPort: readPort('AGENCY_METRICS_PORT', port) } : {}),
    ...(token ? { metricsToken: token } : {}),
  };
}

/** `tenant:token,tenant:token`; what is wrong is told without what may be a token. */
function readTokens(text: string | undefined): Settings['tokens'] {
  return (text ?? '')
    .split(',')
    .filter((one) => one.trim() !== '')
    .map((one, index) => {
      const [, tenant, token] = /^\s*([a-z0-9][a-z0-9-]{0,40}):(\S+)\s*$/.exec(one) ?? [];
      if (tenant !== undefined && token !== undefined) return { tenant, token };
      throw invalid(`AGENCY_TOKENS must be <tenant>:<token>,…; number ${index + 1} is not.`);
    });
}

const usualRateLimit = '100';

function readRateLimit(text: string | undefined): number {
  const limit = Number(text || usualRateLimit);
  if (Number.isInteger(limit) && limit >= 0 && limit <= 1_000_000) return limit;
  throw invalid(`AGENCY_RATE_LIMIT is '${String(text)}'; it must be a whole number of requests a second, 0 for no limit.`);
}

const invalid = (message: string): AgencyError => new AgencyError('invalid-setting', { message });

function readSwitch(name: string, text: string | undefined): boolean {
  if (!text || text === 'off') return false;
  if (text === 'on') return true;
  throw invalid(`${name} is '${text}'; it must be on or off.`);
}

function readLogLevel(text: string | undefined): string {
  const level = text || 'warn';
  const levels = ['error', 'warn', 'info', 'debug', 'silent'];
  if (!levels.includes(level))
    throw new AgencyError('invalid-setting', { message: `AGENCY_LOG is '${level}'; it must be one of ${levels.join(', ')}.` });
  return level;
}
