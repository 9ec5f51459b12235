import { Option } from 'commander';
import { readCallFile } from '../call-file.js';
import type { AgencyClient } from '../client.js';
import { type Renegotiation, renegotiationOf } from '../entities/agreement.js';
import { exit } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { verb, withUrl } from '../verb.js';
import { renegotiationLines } from '../views/renegotiation.js';
import { Wakeups } from '../wakeups.js';

interface Flags {
  readonly gain?: string;
  readonly switching?: string;
  readonly accept?: 'manual' | 'best';
}

/** How often it is looked at, ms. */
const lookEveryMs = 500;
const failures: readonly string[] = ['failed', 'expired'];

export const renegotiate = verb<Flags>(
  {
    name: 'renegotiate',
    description: 'Ask whether a running agreement can be had better, or as another call wants it',
    adjust: (command) =>
      withUrl(command)
        .argument('<agreement>', 'id of the agreement')
        .argument('[file]', 'its call as it is to be: a YAML or JSON document; - is standard input')
        .addOption(new Option('--gain <share>', 'move nothing for less, e.g. 10%'))
        .addOption(new Option('--switching <amount>', 'what moving one machine costs, e.g. "2 USD"'))
        .addOption(new Option('--accept <how>', 'who accepts what is proposed').choices(['manual', 'best'])),
  },
  async ({ args: [agreement = '', file], options: { gain, switching, accept }, client, terminal, readFile, signal }) => {
    const document = file === undefined ? undefined : readCallFile(file, readFile).text;
    await client.renegotiate(agreement, { document, gain, switching, accept });
    const found = await settled(client, agreement, terminal, signal);
    if (!found) return exit.done;
    terminal.tell(renegotiationLines(found).join('\n'), { type: 'renegotiation', ...found });
    if (found.state === 'proposed') terminal.tell(`Take it: agency accept ${found.id}\nLeave it: agency reject ${found.id}`);
    return failures.includes(found.state) ? exit.failed : exit.done;
  },
);

/** The newest of the agreement, once nothing is left to wait for; undefined when the user waits no more. */
async function settled(
  client: AgencyClient,
  agreement: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Renegotiation | undefined> {
  const wakeups = new Wakeups(lookEveryMs, signal);
  let told = '';
  while (await wakeups.next()) {
    const all = (await client.entities('renegotiation', { 'agency.renegotiation.agreement': agreement })).map(renegotiationOf);
    const newest = all.at(-1);
    if (!newest) return undefined;
    if (!['open', 'accepted', 'carrying-out'].includes(newest.state)) return newest;
    if (newest.message !== told) terminal.tell(`It is ${newest.state}: ${newest.message}.`);
    told = newest.message;
  }
  return undefined;
}
