/** The document of an answer: JSON when it was asked for, else XML (Developer's Guide, Response formats). */
export function serialize(name: string, content: object, json: boolean): { readonly type: string; readonly body: string } {
  if (json) return { type: 'application/json; charset=UTF-8', body: JSON.stringify({ [name]: content }) };
  const body = `<?xml version="1.0" encoding="UTF-8"?><${name} cloud-stack-version="${version}">${inside(content)}</${name}>`;
  return { type: 'text/xml; charset=UTF-8', body };
}

export const version = '4.19.1.0';

function inside(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return escaped(`${value as string | number}`);
  return Object.entries(value)
    .map(([name, member]: [string, unknown]) =>
      (Array.isArray(member) ? member : [member]).map((one) => `<${name}>${inside(one)}</${name}>`).join(''),
    )
    .join('');
}

const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
