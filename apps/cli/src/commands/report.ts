import { AgencyError } from '@cloud-agency/errors';
import { Option } from 'commander';
import { writeFileSync } from 'node:fs';
import type { AgencyClient } from '../client.js';
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
        .addOption(new Option('--page <number>', 'which page of its lists, from 1; --csv has all of them without'))
        .addOption(new Option('--number <size>', 'how many a page holds (default: 100)'))
        .addOption(new Option('-o, --output <file>', 'write it there')),
  },
  async ({ args: [agreement = ''], options, client, terminal, streams }) => {
    const { html, csv, json, output } = options;
    const { month, table, page, number } = options;
    const asked = Object.fromEntries(
      Object.entries({ month, table, page, number }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const text = await asText(client, agreement, options, asked);
    if (output !== undefined) {
      written(output, csv ? `${byteOrderMark}${text}` : text);
      terminal.tell(`Written to ${output}.`, { type: 'written', file: output });
    } else if (html || csv) streams.output.write(text);
    else if (json) terminal.record(JSON.parse(text) as object);
    else terminal.tell(reportLines(JSON.parse(text) as Report).join('\n'));
    return exit.done;
  },
);

async function asText(
  client: AgencyClient,
  agreement: string,
  { html, csv, page, number }: Flags,
  asked: Readonly<Record<string, string>>,
): Promise<string> {
  if (csv && page === undefined && number === undefined) return await wholeTable(client, agreement, asked);
  return await client.report(agreement, html ? 'text/html' : csv ? 'text/csv' : 'application/json', asked);
}

/** A table of a file has no place to say that there is more: here it is all of it, page by page. */
async function wholeTable(client: AgencyClient, agreement: string, asked: Readonly<Record<string, string>>): Promise<string> {
  const first = JSON.parse(await client.report(agreement, 'application/json', { ...asked, number: '1' })) as Totals;
  const list = asked.table === undefined || asked.table === 'guarantees' ? undefined : first[listOf[asked.table] ?? asked.table];
  const pages = Math.max(1, Math.ceil((list?.total ?? 1) / mostOfPage));
  const texts: string[] = [];
  for (let page = 1; page <= pages; page += 1) {
    const size = { page: String(page), number: String(mostOfPage) };
    const text = await client.report(agreement, 'text/csv', { ...asked, ...size });
    texts.push(page === 1 ? text : text.slice(text.indexOf('\r\n') + 2));
  }
  return texts.join('');
}

type Totals = Readonly<Record<string, { readonly total: number } | undefined>>;
/** Whose pages a table goes by, where that is another list. */
const listOf: Readonly<Record<string, string>> = { days: 'machines' };
const mostOfPage = 1_000;

/** By it a spreadsheet knows that a file is UTF-8; a program that reads from a pipe has no use for it. */
const byteOrderMark = '\ufeff';

function written(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new AgencyError('invalid-request', { message: `Cannot write ${file}: ${(cause as Error).message}` }, { cause });
  }
}
