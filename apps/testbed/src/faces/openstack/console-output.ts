import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { consoleOf } from '../../cloud/console.js';
import type { Instance } from '../../cloud/instance.js';
import { badRequest, OpenStackFault } from './fault.js';
import type { Answer, Call } from './service.js';

/** nova/api/openstack/compute/schemas/console_output.py: a number, or one in words; -1 is all of it. */
const Wish = Type.Object(
  { length: Type.Optional(Type.Union([Type.Null(), Type.Integer({ minimum: -1 }), Type.String({ pattern: '^-?[0-9]+$' })])) },
  { additionalProperties: false },
);

/** The last lines of what a server wrote to its console, as many as are asked for. */
export function getConsoleOutput(_call: Call, server: Instance, wish: unknown): Answer {
  if (!Value.Check(Wish, wish)) throw badRequest('Invalid input for field/attribute os-getConsoleOutput.');
  if (server.launchedAt === null) throw new OpenStackFault(409, `Instance ${server.id} is not ready`);
  const length = Number(wish.length ?? -1);
  const lines = consoleOf(server).split('\n').slice(0, -1);
  return {
    body: {
      output: (length < 0 ? lines : lines.slice(lines.length - Math.min(length, lines.length)))
        .map((line) => `${line}\n`)
        .join(''),
    },
  };
}
