/** What a front says to HTTP clients, as the person at the terminal can follow it. */
import type { RefusedRequest } from './client.js';

/** What lists the entities of a kind. */
const listedBy: Readonly<Record<string, string>> = {
  agreement: 'agency agreements',
  cfp: 'agency cfps',
  compute: 'agency resources',
  proposal: 'agency proposals CFP',
  renegotiation: 'agency renegotiations',
  vendor: 'agency vendors',
  webhook: 'agency webhooks',
};

/** `GET /cfp/ lists what there is.` becomes `agency cfps lists what there is.` */
export function forTerminal({ message }: Pick<RefusedRequest, 'message'>): string {
  return message.replace(/\bGET \/(\w+)\/ (?=lists )/, (said, kind: string) =>
    kind in listedBy ? `${listedBy[kind] ?? ''} ` : said,
  );
}
