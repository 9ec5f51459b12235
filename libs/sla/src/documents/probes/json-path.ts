/**
 * The steps of a path into a JSON document, from its root: `$.db.up`, `$.nodes[0]['the name']`. This is a singular query of RFC 9535 without
 * negative indices. Undefined when it is none.
 */
export function jsonPathSteps(path: string): readonly (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const [whole, name, quoted, index] = /^(?:\.([A-Za-z_][\w-]*)|\['([^'\\]*)'\]|\[(0|[1-9]\d{0,8})\])/.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    steps.push(name ?? quoted ?? Number(index));
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** What stands there; undefined when nothing does. */
export function jsonValueAt(document: unknown, steps: readonly (string | number)[]): unknown {
  let value = document;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    if ((typeof step === 'number') !== Array.isArray(value)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
