type Single = string | number;

/** The attributes of a template, in OpenNebula's own names; one that is undefined is left out. */
export type Attributes = Readonly<Record<string, Single | Readonly<Record<string, Single | undefined>> | undefined>>;

/** A template as OpenNebula writes it: `NAME="web"`, `DISK=[IMAGE_ID="5",SIZE="1024"]` (Virtual Machine Template reference, Syntax). */
export const templateText = (attributes: Attributes): string =>
  Object.entries(attributes)
    .flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [`${name}=${typeof value === 'object' ? vector(value) : quoted(value)}`];
    })
    .join('\n');

function vector(members: Readonly<Record<string, Single | undefined>>): string {
  const written = Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoted(value)}`]));
  return `[${written.join(',')}]`;
}

const quoted = (value: Single): string => `"${String(value).replaceAll('"', '\\"')}"`;
