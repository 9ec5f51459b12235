import { AgencyError } from '@cloud-agency/errors';

/** Where a server was to listen, and the setting that its port is of. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly setting: 'AGENCY_PORT' | 'AGENCY_AGENT_PORT' | 'AGENCY_METRICS_PORT' | 'TESTBED_PORT';
}

/** Why a server cannot listen there, as whoever set it up can mend it: AgencyError port-in-use or invalid-setting. */
export function listenRefusal(cause: unknown, { host, port, setting }: Listening): AgencyError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause);
  if (code === 'EADDRINUSE') return new AgencyError('port-in-use', { host, port, setting }, { cause });
  return new AgencyError('invalid-setting', { message: refusalOf(code, { host, port, setting }) }, { cause });
}

function refusalOf(code: string, { host, port, setting }: Listening): string {
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `AGENCY_HOST is ${host}, which is no address of this machine.`;
  if (code === 'EACCES') return `${setting} is ${port}, which needs privileges. Choose one above 1023.`;
  return `Cannot listen on ${host}, port ${port} (${code}). Choose others: AGENCY_HOST, ${setting}.`;
}
