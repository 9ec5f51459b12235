import stringWidth from 'string-width';

const escapes = /\u001b\[[\d;]*m/g;
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes on a terminal: colours take none, wide letters two. */
export const widthOf = (text: string): number => stringWidth(text.replace(escapes, ''));

/** Without what a terminal would take as a command, or would turn the order of letters around by: names and messages are other people's words. */
export const harmless = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').replace(turning, '');

/** The same for a text in lines that has colours of its own. */
export const harmlessLines = (text: string): string =>
  text.replace(/\u001b(?!\[[\d;]*m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g, ' ').replace(turning, '');

const turning = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text in so many columns: what is longer is cut, and loses its colours. */
export function fitted(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let shown = '';
  for (const { segment } of letters.segment(text.replace(escapes, ''))) {
    if (widthOf(shown + segment) > columns - 1) break;
    shown += segment;
  }
  return columns > 0 ? `${shown}…` : '';
}

/** The text in lines of so many columns, broken between words; a longer word has a line of its own, and is cut. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (widthOf(line) + 1 + widthOf(word) <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => fitted(line, Math.max(0, columns)));
}

/** The same, filled up with spaces. */
export function padded(text: string, columns: number): string {
  const shown = fitted(text, columns);
  return shown + ' '.repeat(Math.max(0, columns - widthOf(shown)));
}

/** Two texts at the two ends of a line; the left one gives way. */
export function apart(left: string, right: string, columns: number): string {
  const room = columns - widthOf(right) - 1;
  return room < 1 ? fitted(right, columns) : `${padded(left, room)} ${right}`;
}
