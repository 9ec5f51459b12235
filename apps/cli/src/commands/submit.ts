import { AgencyError } from '@cloud-agency/errors';
import { Option } from 'commander';
import { readCallFile } from '../call-file.js';
import { exit } from '../failure.js';
import { follow } from '../follow.js';
import { type Submission, submitCall } from '../submission.js';
import { verb, withUrl } from '../verb.js';
import { acceptOption, exitWhenOption, type FollowFlags, followOptions } from './follow-options.js';

interface Flags extends FollowFlags {
  readonly slo?: string;
  readonly of?: string;
  readonly follow?: boolean;
}

export const submit = verb<Flags>(
  {
    name: 'submit',
    description: 'Submit a call for proposals',
    adjust: (command) =>
      withUrl(command)
        .argument('<file>', 'the call: a YAML or JSON document; - is standard input')
        .addOption(new Option('--slo <file>', 'objectives that become its guarantees: a file of OpenSLO'))
        .addOption(new Option('--of <item>', 'the item that they are of, where they do not say so'))
        .addOption(new Option('--follow', 'follow it: offers, proposals, choice, provisioning, SLA'))
        .addOption(acceptOption())
        .addOption(exitWhenOption()),
  },
  async ({ args: [file = ''], options, client, terminal, readFile, signal }) => {
    const { slo, of } = options;
    if (of !== undefined && slo === undefined)
      throw new AgencyError('invalid-request', {
        message: '--of says what the objectives of --slo FILE are of; there is no --slo.',
      });
    const objectives = slo === undefined ? undefined : { file: slo, ...(of !== undefined && { of }) };
    const call: Submission = await submitCall(readCallFile(file, readFile, objectives), client, terminal);
    if (options.follow || options.accept || options.exitWhen)
      return await follow(client, call.id, terminal, followOptions(options, signal));
    terminal.tell(`Follow it: agency watch ${call.id}\nIts proposals: agency proposals ${call.id}`);
    return exit.done;
  },
);
