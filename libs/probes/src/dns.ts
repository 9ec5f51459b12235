import type { DnsAsk, DnsType } from '@cloud-agency/sla';
import { type MxRecord, Resolver, type SrvRecord } from 'node:dns';
import { isIP, isIPv6 } from 'node:net';
import { performance } from 'node:perf_hooks';
import { answered, attempt, failed, type ProbeMeter } from './probing.js';

/** Asks the machine, or a stated resolver, for the records of a name. Succeeds when there are any and, where answers are expected, all of them. */
export const probeDns: ProbeMeter<DnsAsk> = async ({ name, type, answers = [], resolver, port = 53 }, task) => {
  const server = resolver ?? task.address;
  if (isIP(server) === 0) return failed(`${server} is not an IP address, and a resolver is asked by its own`);
  const canonical = type === 'TXT' ? (text: string) => text : canonicalName;
  const wanted = answers.map((answer) => canonical(answer.replaceAll('{address}', task.address)));
  const begun = performance.now();
  return await attempt(task, (settle) => {
    // The time is kept by the attempt; one that is lost on the way is not asked again.
    const client = new Resolver({ timeout: task.timeout * 2, tries: 1 });
    client.setServers([`${isIPv6(server) ? `[${server}]` : server}:${String(port)}`]);
    client.resolve(name, type, (error, records) => {
      const found = textsOf(type, records);
      const known = new Set(found.map(canonical));
      const missing = wanted.filter((answer) => !known.has(answer));
      const told = `${type} ${name}: ${error ? (error.code ?? error.message) : found.slice(0, 5).join(', ').slice(0, 120)}`;
      if (error) settle(failed(told));
      else if (missing.length > 0) settle(failed(`${told}; without ${missing.join(', ').slice(0, 120)}`));
      else settle(answered(performance.now() - begun, told));
    });
    return () => {
      client.cancel();
    };
  });
};

/** As zone files have them: `10 mail.example.com`, `0 5 5060 sip.example.com`; a TXT without its quotes. */
function textsOf(type: DnsType, records: unknown): readonly string[] {
  if (!Array.isArray(records)) return [];
  switch (type) {
    case 'MX':
      return (records as readonly MxRecord[]).map(({ priority, exchange }) => `${String(priority)} ${exchange}`);
    case 'SRV':
      return (records as readonly SrvRecord[]).map(
        ({ priority, weight, port, name }) => `${String(priority)} ${String(weight)} ${String(port)} ${name}`,
      );
    case 'TXT':
      return (records as readonly (readonly string[])[]).map((chunks) => chunks.join(''));
    default:
      return records as readonly string[];
  }
}

/** Names are the same in either case and with the dot of the root or without. */
const canonicalName = (answer: string): string => answer.toLowerCase().replace(/\.$/, '');
