/** What went wrong, in the words of whoever threw it: anything may be thrown. */
export const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
