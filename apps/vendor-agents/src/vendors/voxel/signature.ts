import { createHash } from 'node:crypto';

/** `api_sig`: the MD5 of the secret and, without anything between, every parameter's name and value in the order of the names. */
export function signatureOf(secret: string, parameters: Readonly<Record<string, string>>): string {
  const names = Object.keys(parameters).sort();
  const signed = secret + names.map((name) => name + (parameters[name] ?? '')).join('');
  return createHash('md5').update(signed).digest('hex');
}
