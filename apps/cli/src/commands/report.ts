import { AgencyError } from '@cloud-agency/errors';
import { Option } from 'commander';
import { writeFileSync } from 'node:fs';
import { exit } from '../failure.js';
import { verb, withUrl } from '../verb.js';
import { type Report, reportLines } from '../views/report.js';

interface Flags {
  readonly month?: string;
  readonly html?: boolean;
  readonly csv?: boolean;
  readonly table?: string;
  readonly page?: string;
  readonly number?: string;
  readonly output?: string;
  readonly json?: boolean;
}

export const report = verb<Flags>(
  {
    name: 'report',
    description: 'What a month of an agreement came to: guarantees, violations, penalties, charges',
    adjust: (command) =>
      withUrl(command)
        .argument('<agreement>', 'id of the agreement')
        .addOption(new Option('--month <month>', 'e.g. 2026-11 (default: the present one)'))
        .addOption(new Option('--html', 'as a page with charts').conflicts('csv'))
        .addOption(new Option('--csv', 'as one table: see --table'))
        .addOption(new Option('--table <name>', 'which: guarantees, days, violations, ledger, machines, reactions'))
        .addOption(new Option('--page <number>', 'which page of its lists, from 1'))
        .addOption(new Option('--number <size>', 'how many a page holds (default: 100)'))
        .addOption(new Option('-o, --output <file>', 'write it there')),
  },
  async ({ args: [agreement = ''], options, client, terminal, streams }) => {
    const { html, csv, json, output } = options;
    const { month, table, page, number } = options;
    const asked = Object.fromEntries(
      Object.entries({ month, table, page, number }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const type = html ? 'text/html' : csv ? 'text/csv' : 'application/json';
    const text = await client.report(agreement, type, asked);
    if (output !== undefined) {
      written(output, text);
      terminal.tell(`Written to ${output}.`, { type: 'written', file: output });
    } else if (html || csv) streams.output.write(text);
    else if (json) terminal.record(JSON.parse(text) as object);
    else terminal.tell(reportLines(JSON.parse(text) as Report).join('\n'));
    return exit.done;
  },
);

function written(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new AgencyError('invalid-request', { message: `Cannot write ${file}: ${(cause as Error).message}` }, { cause });
  }
}
