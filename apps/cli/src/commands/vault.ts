import { AgencyError } from '@cloud-agency/errors';
import { openVault, vaultFile } from '@cloud-agency/runtime';
import { exit } from '../failure.js';
import { hiddenLine } from '../hidden-line.js';
import { type Invocation, verb } from '../verb.js';

/** Puts credentials where a configuration finds them by `{ vault: NAME }`. */
export const vault = verb(
  {
    name: 'vault',
    description: 'Keep credentials of vendor accounts, encrypted under AGENCY_VAULT_KEY',
    adjust: (command) =>
      command
        .argument('<action>', 'set, list or remove')
        .argument('[name]', 'of the credential; set reads its value from standard input'),
  },
  async (invocation) => {
    const [action = '', name] = invocation.args;
    if (action === 'list') return list(invocation);
    if (name === undefined || (action !== 'set' && action !== 'remove')) {
      throw new AgencyError('invalid-request', {
        message: 'Say one of: agency vault set NAME, agency vault remove NAME, agency vault list.',
      });
    }
    return action === 'set' ? await set(invocation, name) : remove(invocation, name);
  },
);

function list({ environment, terminal }: Invocation): number {
  const names = openVault(environment).names();
  for (const name of names) terminal.tell(name, { name });
  if (names.length === 0)
    terminal.tell(`The vault ${vaultFile(environment)} is empty. Put something in with: agency vault set NAME`);
  return exit.done;
}

async function set({ environment, terminal, streams }: Invocation, name: string): Promise<number> {
  const opened = openVault(environment);
  if (streams.input.isTTY) terminal.tell(`Value of ${name} (not shown):`);
  const value = await hiddenLine(streams.input);
  if (!value) throw new AgencyError('invalid-request', { message: 'There was no value; nothing was changed.' });
  opened.set(name, value);
  terminal.tell(`${name} is in ${vaultFile(environment)}. A configuration takes it by { vault: ${name} }.`, { name });
  return exit.done;
}

function remove({ environment, terminal }: Invocation, name: string): number {
  if (!openVault(environment).remove(name))
    throw new AgencyError('not-found', { what: `'${name}'`, hint: 'agency vault list shows what there is.' });
  terminal.tell(`${name} is no longer in ${vaultFile(environment)}.`, { name });
  return exit.done;
}
