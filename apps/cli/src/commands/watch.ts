import { RefusedRequest } from '../client.js';
import { agreementOf } from '../entities/agreement.js';
import { cfpOf } from '../entities/call.js';
import { exit } from '../failure.js';
import { follow } from '../follow.js';
import { type Invocation, verb, withUrl } from '../verb.js';
import { watchAgreements } from '../watching/watching.js';

export const watch = verb(
  {
    name: 'watch',
    description: 'Watch agreements live: guarantees, allowances, machines, events; until q or Ctrl-C',
    adjust: (command) =>
      withUrl(command).argument(
        '[id]',
        'an agreement or a call; a call without one yet is followed until it has. Without: all agreements',
      ),
  },
  async (invocation) => {
    const {
      args: [id],
      client,
      terminal,
      streams,
      signal,
    } = invocation;
    if (id === undefined) return await watchAgreements({ client, terminal, streams, signal, agreement: undefined });
    const agreement = (await isAgreement(invocation, id)) ? id : await agreementOfCall(invocation, id);
    return agreement === undefined ? exit.failed : await watchAgreements({ client, terminal, streams, signal, agreement });
  },
);

async function isAgreement({ client }: Invocation, id: string): Promise<boolean> {
  try {
    await client.entity('agreement', id);
    return true;
  } catch (error) {
    if (error instanceof RefusedRequest && error.status === 404) return false;
    throw error;
  }
}

/** Undefined when the call came to nothing, which has been told then. */
async function agreementOfCall({ client, terminal, signal }: Invocation, id: string): Promise<string | undefined> {
  const { state } = cfpOf(await client.entity('cfp', id));
  if (state !== 'fulfilled') {
    const code = await follow(client, id, terminal, { chooser: 'ask', exitWhen: 'fulfilled', signal });
    if (code !== exit.done || signal.aborted) return undefined;
  }
  const all = (await client.entities('agreement', { 'agency.agreement.cfp': id })).map(agreementOf);
  return all.findLast((one) => one.state !== 'rejected')?.id;
}
