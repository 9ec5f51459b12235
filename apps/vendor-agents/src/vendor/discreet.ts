import { decorated } from './decorated.js';
import type { VendorDriver } from './port.js';
import type { CredentialField } from './vendor-module.js';
import { asVendorError } from './vendor-error.js';

/** Shorter ones would take words out of sentences that have nothing to do with them. */
const shortestSecret = 4;

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
  const known = Object.values(credentials);
  const basics = known.flatMap((user) => secrets.map((secret) => base64(`${user}:${secret}`)));
  const written = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), base64(secret), base64(`${secret}:`)]);
  const hidden = [...basics, ...written].filter((text) => text.length >= shortestSecret).sort((a, b) => b.length - a.length);
  return (text) => hidden.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
