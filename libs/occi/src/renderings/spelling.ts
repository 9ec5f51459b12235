/** How the text renderings write the names of attributes. */
export interface Spelling {
  written(name: string): string;
  /** The attribute that a client means by a name. */
  meant(name: string): string;
}

export const asDefined: Spelling = { written: (name) => name, meant: (name) => name };

/**
 * All in lower case: strict parsers of OCCI 1.1 reject capitals, which GFD.228 has in its names (OCCI.md 3, rule 10). Names in their own
 * spelling are still understood.
 */
export function inLowerCase(names: Iterable<string>): Spelling {
  const own = new Map<string, string>();
  for (const name of names) if (name !== name.toLowerCase()) own.set(name.toLowerCase(), name);
  const written = new Map([...own].map(([lower, name]) => [name, lower]));
  return { written: (name) => written.get(name) ?? name, meant: (name) => own.get(name) ?? name };
}
