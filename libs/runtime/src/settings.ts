import { AgencyError } from '@cloud-agency/errors';
import { resolve } from 'node:path';
import type { AgencyConfig } from './config.js';

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
  readonly auth: 'none' | 'token' | 'oidc';
  readonly logLevel: string;
  readonly config: AgencyConfig;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws AgencyError invalid-setting naming the variable, what it holds and what it may hold. */
export function readSettings(environment: Environment, config: AgencyConfig): Settings {
  const host = environment.AGENCY_HOST || '127.0.0.1';
  return {
    host,
    port: readPort(environment.AGENCY_PORT),
    dataDirectory: resolve(environment.AGENCY_DATA || '.agency'),
    ...(environment.NATS_URL ? { natsUrl: environment.NATS_URL } : {}),
    ...(environment.NATS_TOKEN ? { natsToken: environment.NATS_TOKEN } : {}),
    ...(environment.DATABASE_URL ? { databaseUrl: environment.DATABASE_URL } : {}),
    auth: readAuth(environment.AGENCY_AUTH, host),
    logLevel: readLogLevel(environment.AGENCY_LOG),
    config,
  };
}

function readPort(text: string | undefined): number {
  const port = Number(text || '8080');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new AgencyError('invalid-setting', {
      message: `AGENCY_PORT is '${String(text)}'; it must be a whole number from 1 to 65535.`,
    });
  }
  return port;
}

function readAuth(text: string | undefined, host: string): Settings['auth'] {
  const auth = text || 'none';
  if (auth === 'token' || auth === 'oidc') {
    throw new AgencyError('invalid-setting', {
      message: `AGENCY_AUTH=${auth} is not supported yet; only 'none', on a loopback address.`,
    });
  }
  if (auth !== 'none')
    throw new AgencyError('invalid-setting', { message: `AGENCY_AUTH is '${auth}'; it must be none, token or oidc.` });
  if (!/^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)) {
    throw new AgencyError('invalid-setting', {
      message: `AGENCY_HOST is ${host}, which others can reach, and AGENCY_AUTH is none. Listen on a loopback address such as 127.0.0.1 instead.`,
    });
  }
  return auth;
}

function readLogLevel(text: string | undefined): string {
  const level = text || 'warn';
  const levels = ['error', 'warn', 'info', 'debug', 'silent'];
  if (!levels.includes(level))
    throw new AgencyError('invalid-setting', { message: `AGENCY_LOG is '${level}'; it must be one of ${levels.join(', ')}.` });
  return level;
}
