import { AgencyError } from '@cloud-agency/errors';
import { Command } from 'commander';
import { AgencyClient } from './client.js';
import type { ReadFile } from './call-file.js';
import { tellFailure } from './failure.js';
import { type Streams, Terminal } from './terminal.js';

/** What a command finds around it; tests bring their own. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly streams: Streams;
  readonly readFile: ReadFile;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Invocation<Options = object> extends Surroundings {
  readonly args: readonly (string | undefined)[];
  readonly options: Options;
  readonly terminal: Terminal;
  readonly client: AgencyClient;
}

export type Run<Options> = (invocation: Invocation<Options>) => Promise<number>;

/** One command with what all have: --json, --help, one way to fail. `done` gets the exit code. */
export function verb<Options extends object>(
  usage: { readonly name: string; readonly description: string; readonly adjust?: (command: Command) => Command },
  run: Run<Options>,
): (surroundings: Surroundings, done: (code: number) => void) => Command {
  return (surroundings, done) => {
    const command = new Command(usage.name)
      .description(usage.description)
      .option('--json', 'one JSON object a line instead of text');
    (usage.adjust?.(command) ?? command).action(async () => {
      const options = command.opts<Options & { json?: boolean; url?: string }>();
      const terminal = new Terminal(surroundings.streams, options.json === true);
      try {
        const url = agencyUrl(options.url, surroundings.environment);
        const client = new AgencyClient(url, surroundings.environment.AGENCY_TOKEN);
        done(await run({ ...surroundings, args: command.processedArgs as (string | undefined)[], options, terminal, client }));
      } catch (error) {
        done(tellFailure(error, terminal));
      }
    });
    return command;
  };
}

/** For commands that speak to an Agency that runs. */
export const withUrl = (command: Command): Command =>
  command.option('--url <url>', 'the Agency to speak to (default: AGENCY_URL, else http://127.0.0.1:$AGENCY_PORT)');

function agencyUrl(given: string | undefined, { AGENCY_URL, AGENCY_PORT }: Surroundings['environment']): string {
  const [name, url] = given === undefined ? ['AGENCY_URL', AGENCY_URL] : ['--url', given];
  if (given === undefined && !url) return `http://127.0.0.1:${AGENCY_PORT || '8080'}`;
  if (url && /^https?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new AgencyError('invalid-setting', {
    message: `${name} is '${url ?? ''}', which is no URL such as http://127.0.0.1:8080.`,
  });
}
