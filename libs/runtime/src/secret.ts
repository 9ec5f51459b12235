import { AgencyError, reasonOf } from '@cloud-agency/errors';

/** A credential as the configuration gives it: itself, or where it is. */
export type Secret = string | { readonly env: string } | { readonly file: string } | { readonly vault: string };

export interface SecretSource {
  /** Undefined when it is not set. */
  variable(name: string): string | undefined;
  read(path: string): string;
  /** @throws AgencyError when the vault does not open or has none of that name. */
  vault(name: string): string;
}

/**
 * Looks a credential up at the moment of its use, so that a rotated one is found. What is thrown names the place, never the value.
 * @throws AgencyError invalid-setting when the variable is not set or the vault has none, unreadable-file when the file cannot be read.
 */
export function resolveSecret(secret: Secret, source: SecretSource): string {
  if (typeof secret === 'string') return secret;
  if ('env' in secret) {
    const value = source.variable(secret.env);
    if (!value)
      throw new AgencyError('invalid-setting', {
        message: `${secret.env} is not set; the configuration takes a credential from it.`,
      });
    return value;
  }
  if ('vault' in secret) return source.vault(secret.vault);
  try {
    return source.read(secret.file).trimEnd();
  } catch (cause) {
    throw new AgencyError('unreadable-file', { file: secret.file, reason: reasonOf(cause) }, { cause });
  }
}
