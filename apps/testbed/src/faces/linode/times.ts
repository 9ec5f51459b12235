/** As the API writes times: UTC, to the second, without a zone. */
export const time = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
