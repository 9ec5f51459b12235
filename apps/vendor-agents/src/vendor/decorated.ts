/** What is done around a call: it runs the call, and answers or fails as the call does, or otherwise. */
export type Around = <T>(path: string, call: () => Promise<T>) => Promise<T>;

/**
 * A driver whose every call goes through `around`, and those of its parts, too: `volumes.create`. Only what answers later is a call to the
 * vendor; whatever answers at once is handed on as it is.
 */
export function decorated<T extends object>(target: T, around: Around, prefix = ''): T {
  const wrapped = new Map<PropertyKey, unknown>();
  return new Proxy(target, {
    get(_, name) {
      if (!wrapped.has(name)) wrapped.set(name, wrap(Reflect.get(target, name), `${prefix}${String(name)}`));
      return wrapped.get(name);
    },
  });

  function wrap(member: unknown, path: string): unknown {
    if (typeof member === 'object' && member !== null) return decorated(member, around, `${path}.`);
    if (typeof member !== 'function' || synchronous.has(path)) return typeof member === 'function' ? member.bind(target) : member;
    return (...args: unknown[]): unknown => around(path, () => Reflect.apply(member, target, args) as Promise<unknown>);
  }
}

/** The two that answer at once (port.ts). */
const synchronous: ReadonlySet<string> = new Set(['mapsImage', 'close']);
