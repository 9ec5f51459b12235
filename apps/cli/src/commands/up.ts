import ora from 'ora';
import { relative } from 'node:path';
import { readCallFile, type CallFile } from '../call-file.js';
import { AgencyClient } from '../client.js';
import { exit } from '../failure.js';
import { follow } from '../follow.js';
import { submitCall } from '../submission.js';
import { type EmbeddedAgency, startEmbedded } from '../supervision/embedded.js';
import type { Terminal } from '../terminal.js';
import { type Invocation, verb } from '../verb.js';
import { acceptOption, exitWhenOption, type FollowFlags, followOptions } from './follow-options.js';

export const up = verb<FollowFlags>(
  {
    name: 'up',
    description: 'Start the whole Agency here; with a file, submit that call and follow it',
    adjust: (command) =>
      command.argument('[file]', 'a call for proposals to submit').addOption(acceptOption()).addOption(exitWhenOption()),
  },
  async (invocation) => {
    const { args, readFile, signal, terminal } = invocation;
    // Before anything is started: an invalid call needs no Agency.
    const call = args[0] === undefined ? undefined : readCallFile(args[0], readFile);
    const agency = await startShown(invocation);
    if (!agency) return exit.done;
    try {
      announce(agency, call, terminal);
      return await Promise.race([call ? submitAndFollow(call, agency, invocation) : interruption(signal), agency.lost]);
    } finally {
      terminal.keepBoard();
      terminal.tell('Stopping …');
      const late = await agency.stop();
      terminal.tell(
        late.length === 0 ? 'Stopped. What was agreed goes on at the vendors.' : `Stopped, but not in order: ${late.join(', ')}.`,
        { type: 'stopped', late },
      );
    }
  },
);

/** @returns undefined when Ctrl-C came before it was up. */
async function startShown({ environment, readFile, signal, terminal }: Invocation): Promise<EmbeddedAgency | undefined> {
  const spinner = terminal.live ? ora({ text: 'Starting', discardStdin: false }).start() : undefined;
  const progress = (text: string): void => {
    if (spinner) spinner.text = text;
  };
  try {
    return await startEmbedded({ environment, readFile, signal, progress });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    spinner?.stop();
  }
}

function announce(agency: EmbeddedAgency, call: CallFile | undefined, terminal: Terminal): void {
  const { url, logFile, testbedUrl } = agency;
  const there = new URL(url).port === '8080' ? '' : ` --url ${url}`;
  terminal.tell(`Cloud Agency ready at ${url}`, {
    type: 'ready',
    url,
    log: logFile,
    ...(testbedUrl ? { testbed: testbedUrl } : {}),
  });
  if (call) return;
  terminal.tell(
    [
      '',
      'Try next, in another terminal:',
      `  curl ${url}-/                                   what it understands (OCCI)`,
      `  curl -H 'Accept: application/json' ${url}vendor/   the vendors it speaks with`,
      `  npx agency submit examples/web-shop.cfp.yaml --follow${there}`,
      `  npx agency doctor${there}                        how it is, and what to do about what is not as it should be`,
      ...(testbedUrl
        ? ['', `The clouds here are simulated; what they can do, and faults to switch on: curl ${testbedUrl}/control`]
        : []),
      `Its log is ${relative('.', logFile)}. Ctrl-C stops everything.`,
    ].join('\n'),
  );
}

async function submitAndFollow(
  call: CallFile,
  { url }: EmbeddedAgency,
  { options, signal, terminal, environment }: Invocation<FollowFlags>,
): Promise<number> {
  const client = new AgencyClient(url, environment.AGENCY_TOKEN);
  const { id } = await submitCall(call, client, terminal);
  return await follow(client, id, terminal, followOptions(options, signal));
}

function interruption(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const finish = (): void => {
      resolve(exit.done);
    };
    if (signal.aborted) finish();
    else signal.addEventListener('abort', finish, { once: true });
  });
}
