/** What an earlier call has begun may end between the look that found it undone and this call, which is refused for that: then it is done. */
export async function unlessSettled(call: Promise<unknown>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(await isDone())) throw error;
  }
}
