import { RefusedRequest } from '../client.js';
import { agreementOf } from '../entities.js';
import { follow } from '../follow.js';
import { type Invocation, verb, withUrl } from '../verb.js';

export const watch = verb(
  {
    name: 'watch',
    description: 'Follow a call, or an agreement and its SLA, until Ctrl-C',
    adjust: (command) => withUrl(command).argument('<id>', 'id of the call or of the agreement'),
  },
  async (invocation) => {
    const {
      args: [id = ''],
      client,
      terminal,
      signal,
    } = invocation;
    return await follow(client, await callOf(invocation, id), terminal, { chooser: 'ask', signal });
  },
);

/** An agreement is followed by its call, which leads to it. */
async function callOf({ client }: Invocation, id: string): Promise<string> {
  try {
    return agreementOf(await client.entity('agreement', id)).cfp;
  } catch (error) {
    if (error instanceof RefusedRequest && error.status === 404) return id;
    throw error;
  }
}
