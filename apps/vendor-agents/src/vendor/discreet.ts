import { decorated } from './decorated.js';
import type { VendorDriver } from './port.js';
import type { CredentialField } from './vendor-module.js';
import { asVendorError } from './vendor-error.js';

/** Shorter ones would take words out of sentences that have nothing to do with them. */
const shortestSecret = 4;
/** So much of the beginning of a secret gives it away, with whatever it goes on with: what vendors quote is often cut off. */
const tellingLength = 12;

/**
 * A driver whose failures repeat no secret, whatever a vendor, or a proxy before it, writes into its answers: an error page that quotes the
 * request is the usual one. Base64 is how HTTP Basic writes them (RFC 7617), percent-encoding how queries and forms do.
 */
export function discreet(
  driver: VendorDriver,
  credentials: Readonly<Record<string, string>>,
  fields: readonly CredentialField[],
): VendorDriver {
  const hide = hider(credentials, fields);
  return decorated(driver, async (_, run) => {
    try {
      return await run();
    } catch (error) {
      throw asVendorError(error).reworded(hide);
    }
  });
}

function hider(credentials: Readonly<Record<string, string>>, fields: readonly CredentialField[]): (text: string) => string {
  const secrets = fields.filter(({ secret }) => secret).flatMap(({ name }) => credentials[name] ?? []);
  const written = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), ...base64Within(secret)]);
  const hidden = [...new Set(written)].filter((text) => text.length >= shortestSecret).sort((a, b) => b.length - a.length);
  const patterns = hidden.map((text) => new RegExp(`${escaped(text.slice(0, tellingLength))}${restOf(text)}`, 'g'));
  return (text) =>
    hidden.reduce(
      withoutEnd,
      patterns.reduce((rest, pattern) => rest.replace(pattern, '[secret]'), text),
    );
}

/** A long one goes on until something that it cannot be made of. */
const restOf = (text: string): string => (text.length > tellingLength ? '[^\\s"\'<>,;]*' : '');

/** The text without the beginning of a secret that it was cut off in. */
function withoutEnd(text: string, secret: string): string {
  for (let length = Math.min(secret.length - 1, tellingLength); length >= shortestSecret; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}[secret]`;
  }
  return text;
}

/** What base64 makes of a secret inside of a longer text: by how many bytes stand before it, as far as those do not matter. */
const base64Within = (secret: string): readonly string[] =>
  [0, 1, 2].map((before) => {
    const encoded = Buffer.from('\0'.repeat(before) + secret)
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(before === 0 ? 0 : before + 1, -1);
  });

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
