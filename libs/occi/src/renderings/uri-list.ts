/** text/uri-list, RFC 2483: one URI a line, `#` begins a comment. */

export const uriList = (urls: readonly string[]): string => urls.map((url) => `${url}\n`).join('');

export const urisFrom = (list: string): string[] =>
  list
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
