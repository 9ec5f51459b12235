import { InvalidArgumentError } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import type { AgencyClient, WebhookAction } from '../client.js';
import { type Webhook, webhookOf } from '../entities/webhook.js';
import { exit } from '../failure.js';
import { moment, momentForms, seconds } from '../times.js';
import { type Invocation, verb, withUrl } from '../verb.js';
import { columns } from '../views/columns.js';
import { plural } from '../views/figures.js';

interface Flags {
  readonly event?: number;
  readonly since?: string;
  readonly all?: boolean;
  readonly overlap?: number;
  readonly secret?: string;
}

/** A receiver has ten seconds to answer, ms. */
const answerWithinMs = 15_000;
const lookEveryMs = 50;

/** What can be done, with the argument of each that is not `list`. */
const doing: Readonly<Record<string, (invocation: Invocation<Flags>, id: string) => Promise<number>>> = {
  show,
  test,
  replay,
  rotate,
  enable: async (invocation, id) => await done(invocation, id, 'enable', 'is posted to again'),
};

export const webhooks = verb<Flags>(
  {
    name: 'webhooks',
    description: 'List webhooks; show one with its dead letters; replay those; rotate its secret; test or enable it',
    adjust: (command) =>
      withUrl(command)
        .argument('[what]', `list, ${Object.keys(doing).join(', ')}`, known, 'list')
        .argument('[id]', 'which webhook')
        .option('--event <number>', 'replay: the dead letter of this event alone', wholeNumber)
        .option('--since <when>', `replay: those given up since ${momentForms}`, moment)
        .option('--all', 'replay: all of them')
        .option(
          '--overlap <time>',
          'rotate: how long the secret before signs too (90s, 2h; a day unless told otherwise)',
          seconds,
        )
        .option('--secret <secret>', 'rotate: the new one (whsec_…) instead of one that is made'),
  },
  async (invocation) => {
    const [what = 'list', id] = invocation.args;
    const act = doing[what];
    if (!act) return await list(invocation);
    if (id !== undefined) return await act(invocation, id);
    return badUsage(invocation, `agency webhooks ${what} needs the id of a webhook; agency webhooks lists them.`);
  },
);

async function list({ client, terminal }: Invocation<Flags>): Promise<number> {
  const all = (await client.entities('webhook')).map(webhookOf);
  for (const webhook of all) terminal.record(webhook);
  const heads = ['ID', 'STATE', 'WAITING', 'DEAD', 'URL', 'WHY'].map((title) => ({ title }));
  const rows = all.map(({ id, state, waiting, dead, url, reason }) => [id, state, String(waiting), String(dead), url, reason]);
  terminal.tell(all.length === 0 ? 'There are no webhooks.' : columns(heads, rows).join('\n'));
  return exit.done;
}

async function show({ client, terminal }: Invocation<Flags>, id: string): Promise<number> {
  const webhook = webhookOf(await client.entity('webhook', id));
  terminal.tell(webhookLines(webhook).join('\n'), webhook);
  return exit.done;
}

function webhookLines({ id, url, events, state, reason, waiting, dead, taken, deadLetters }: Webhook): readonly string[] {
  const heads = ['EVENT', 'TYPE', 'SUBJECT', 'GIVEN UP', 'TRIES', 'WHY'].map((title) => ({ title }));
  const rows = deadLetters.map((one) => [
    String(one.event),
    one.type,
    one.subject,
    one.given_up,
    String(one.attempts),
    one.problem,
  ]);
  return [
    `/webhook/${id}`,
    `posts ${events.join(', ')} to ${url}`,
    `${state}${reason ? `: ${reason}` : ''}`,
    `${plural(waiting, 'event')} waiting${taken ? `, the last was taken at ${taken}` : ''}`,
    ...(dead === 0 ? ['No dead letters.'] : [`${plural(dead, 'dead letter')}:`, ...columns(heads, rows)]),
  ];
}

async function test({ client, terminal }: Invocation<Flags>, id: string): Promise<number> {
  await client.actOnWebhook(id, 'test');
  const result = await tested(client, id);
  if (result?.state === 'taken') {
    terminal.tell('The receiver took the test.', { type: 'tested', ...result });
    return exit.done;
  }
  const why = result?.state === 'refused' ? result.message : 'nobody has posted it yet';
  terminal.complain(`The test came to nothing: ${why}.`, { type: 'tested', ...result });
  return exit.failed;
}

/** What came of it, once the receiver has answered or its time is over. */
async function tested(client: AgencyClient, id: string): Promise<Webhook['test']> {
  const until = performance.now() + answerWithinMs;
  for (;;) {
    const { test: result } = webhookOf(await client.entity('webhook', id));
    if (result?.state !== 'waiting' || performance.now() > until) return result;
    await pause(lookEveryMs);
  }
}

async function replay(invocation: Invocation<Flags>, id: string): Promise<number> {
  const { event, since, all = false } = invocation.options;
  if ([event !== undefined, since !== undefined, all].filter(Boolean).length !== 1)
    return badUsage(invocation, 'Say which dead letters: --event NUMBER, --since TIME or --all.');
  const attributes = {
    ...(event === undefined ? {} : { 'agency.webhook.event': event }),
    ...(since === undefined ? {} : { 'agency.webhook.since': since }),
  };
  return await done(invocation, id, 'replay', 'tries them again', attributes);
}

async function rotate({ client, terminal, options: { overlap, secret } }: Invocation<Flags>, id: string): Promise<number> {
  const after = await client.actOnWebhook(id, 'rotate', {
    ...(overlap === undefined ? {} : { 'agency.webhook.overlap': overlap }),
    ...(secret === undefined ? {} : { 'agency.webhook.secret': secret }),
  });
  const made = after.attributes['agency.webhook.secret'];
  const until = after.attributes['agency.webhook.overlap.until'];
  const lines = [
    ...(typeof made === 'string' ? [`The new secret, shown only now: ${made}`] : ['The new secret signs from now on.']),
    typeof until === 'string' ? `The one before signs too until ${until}.` : 'The one before signs no more.',
  ];
  terminal.tell(lines.join('\n'), { type: 'rotated', webhook: id, secret: made ?? null, until: until ?? null });
  return exit.done;
}

async function done(
  { client, terminal }: Invocation<Flags>,
  id: string,
  action: WebhookAction,
  what: string,
  attributes: object = {},
): Promise<number> {
  const webhook = webhookOf(await client.actOnWebhook(id, action, attributes));
  terminal.tell(`/webhook/${id} ${what}: ${webhook.waiting} waiting, ${plural(webhook.dead, 'dead letter')}.`, webhook);
  return exit.done;
}

function badUsage({ terminal }: Invocation<Flags>, message: string): number {
  terminal.complain(`agency: ${message}`, { error: { code: 'usage', message } });
  return exit.badUsage;
}

function known(what: string): string {
  if (what === 'list' || what in doing) return what;
  throw new InvalidArgumentError(`It is one of list, ${Object.keys(doing).join(', ')}.`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}
