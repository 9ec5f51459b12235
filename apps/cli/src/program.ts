import { Command, CommanderError } from 'commander';
import { createRequire } from 'node:module';
import { accept } from './commands/accept.js';
import { agreements } from './commands/agreements.js';
import { cfps } from './commands/cfps.js';
import { doctor } from './commands/doctor.js';
import { events } from './commands/events.js';
import { explain } from './commands/explain.js';
import { history } from './commands/history.js';
import { proposals } from './commands/proposals.js';
import { reject } from './commands/reject.js';
import { renegotiate } from './commands/renegotiate.js';
import { report } from './commands/report.js';
import { renegotiations } from './commands/renegotiations.js';
import { resources } from './commands/resources.js';
import { statistics } from './commands/statistics.js';
import { submit } from './commands/submit.js';
import { up } from './commands/up.js';
import { vault } from './commands/vault.js';
import { vendors } from './commands/vendors.js';
import { watch } from './commands/watch.js';
import { webhooks } from './commands/webhooks.js';
import { exit } from './failure.js';
import type { Surroundings } from './verb.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const verbs = [
  up,
  submit,
  proposals,
  accept,
  reject,
  cfps,
  resources,
  agreements,
  renegotiate,
  renegotiations,
  report,
  vendors,
  statistics,
  history,
  events,
  watch,
  webhooks,
  explain,
  doctor,
  vault,
];

/** The `agency` command. @returns its exit code: 0 done, 1 refused or failed, 2 bad usage or an invalid document. */
export async function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let code: number = exit.done;
  const { streams } = surroundings;
  const program = new Command('agency')
    .description('The Cloud Agency: a broker on your side of the cloud market.')
    .version(version);
  for (const build of verbs) program.addCommand(build(surroundings, (result) => (code = result)));
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .showHelpAfterError('(agency --help shows the commands; agency COMMAND --help the options of one)')
      .configureOutput({ writeOut: (text) => streams.output.write(text), writeErr: (text) => streams.errors.write(text) });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exit.done : exit.badUsage;
  }
  return code;
}
