/** The text renderings are header fields, one by one: lines of a body in text/plain, headers in text/occi. */
import { AgencyError } from '@cloud-agency/errors';

export const fieldNames = ['Category', 'X-OCCI-Attribute', 'X-OCCI-Location', 'Link'] as const;
export type FieldName = (typeof fieldNames)[number];

export interface Field {
  readonly name: FieldName;
  readonly value: string;
}

/** A field that was received; `where` names its place in messages. */
export interface ReceivedField extends Field {
  readonly where: string;
}

export const toBody = (fields: readonly Field[]): string => fields.map(({ name, value }) => `${name}: ${value}\n`).join('');

/** One header for each field name, several values as a comma list. */
export function toHeaders(fields: readonly Field[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, value } of fields) headers[name] = name in headers ? `${headers[name] ?? ''}, ${value}` : value;
  return headers;
}

/**
 * The fields of a text/plain body. A line that begins with a space goes on with the one before it.
 * @throws AgencyError invalid-request naming the line that is no field.
 */
export function fromBody(body: string): ReceivedField[] {
  return unfolded(body).map(({ text, line }) => {
    const colon = text.indexOf(':');
    const name = fieldName(text.slice(0, Math.max(colon, 0)));
    if (!name) {
      throw new AgencyError('invalid-request', {
        message: `Line ${String(line)} must begin with one of ${fieldNames.map((known) => `'${known}: '`).join(', ')}; it is: ${excerpt(text)}`,
      });
    }
    return { name, value: text.slice(colon + 1).trim(), where: `line ${String(line)}, ${name}` };
  });
}

/** The fields among a request's headers; names in lower case, repeated headers as a list, as Node gives them. */
export function fromHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>): ReceivedField[] {
  return fieldNames.flatMap((name) => {
    const value = headers[name.toLowerCase()];
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.map((one) => ({ name, value: one.trim(), where: `header ${name}` }));
  });
}

function unfolded(body: string): { text: string; line: number }[] {
  const lines: { text: string; line: number }[] = [];
  body.split(/\r\n|\n|\r/).forEach((text, index) => {
    const last = lines.at(-1);
    if (text.trim() === '') return;
    if (/^[ \t]/.test(text) && last) last.text += ` ${text.trim()}`;
    else lines.push({ text, line: index + 1 });
  });
  return lines;
}

const fieldName = (text: string): FieldName | undefined =>
  fieldNames.find((known) => known.toLowerCase() === text.trim().toLowerCase());

const excerpt = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
