/** Waits until `look` finds something, and returns it. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  within = 8_000,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not so within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
