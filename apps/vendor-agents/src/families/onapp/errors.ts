import type { FailureReason } from '@cloud-agency/bus';
import { entries, field, type Json } from '../../vendor/json.js';
import type { Told } from '../../vendor/refusal.js';

/** A control panel says why in sentences, which differ from version to version: what they say in plain words. */
const patterns: readonly (readonly [RegExp, FailureReason])[] = [
  [/(hypervisor|compute resource)s? with|not enough|insufficient|capacity|no free/i, 'no-capacity'],
  [/limit|quota|exceed/i, 'quota'],
  [/locked|state|built|restart|taken|running/i, 'conflict'],
];

/** `{"errors": …}` is a list of sentences, or for each field what is wrong with it (OnApp API guide, HTTP response codes; Rails). */
export function told(body: Json, status: number): Told {
  const message = sentences(body).join('; ');
  if (message === '') return {};
  const reason = status === 422 ? (patterns.find(([pattern]) => pattern.test(message))?.[1] ?? 'invalid-request') : undefined;
  return { reason, message };
}

function sentences(body: Json): readonly string[] {
  const errors = field(body, 'errors') ?? field(body, 'error') ?? null;
  const ofFields = entries(errors).map(([name, problem]) => {
    const problems = textsOf(problem).join(', ');
    return name === 'base' ? problems : `${name} ${problems}`;
  });
  return [...textsOf(errors), ...ofFields];
}

const textsOf = (node: Json): readonly string[] =>
  (Array.isArray(node) ? (node as readonly Json[]) : [node]).filter((item): item is string => typeof item === 'string');
