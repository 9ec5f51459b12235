/** What the user data of a machine says about the agent that it is to run. */
export interface AgentStart {
  readonly url: string;
  readonly placement: string;
  readonly token: string;
  /** ms. */
  readonly every: number;
  /** Names of metrics, or `all`. */
  readonly metrics: readonly string[];
  /** The certificate of the authority that vouches for the url, PEM. */
  readonly authority: string;
}

/** As the shell of a machine would read it: what the script that starts the agent writes down. Undefined: it starts none. */
export function agentStartIn(userData: string): AgentStart | undefined {
  const value = (name: string): string | undefined => new RegExp(`^${name}='([^'\\n]*)'$`, 'm').exec(userData)?.[1];
  const authority = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(userData)?.[0];
  const [url, placement, token] = [value('url'), value('placement'), value('token')];
  if (url === undefined || placement === undefined || token === undefined || authority === undefined) return undefined;
  const every = Number(value('every') ?? '10') * 1000;
  return { url, placement, token, every, metrics: (value('metrics') ?? 'all').split(' '), authority };
}
