import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The headers of a POST, those that sign it (Signature Version 4) among them. */
export async function signedV4(
  request: { readonly url: URL; readonly body: string; readonly headers: Readonly<Record<string, string>> },
  scope: { readonly service: string; readonly region: string },
  { accessKeyId, secretAccessKey }: AccessKey,
  at: Date,
): Promise<Record<string, string>> {
  const { url, body, headers: own } = request;
  const signer = new SignatureV4({ ...scope, credentials: { accessKeyId, secretAccessKey }, sha256: Sha256 });
  const { protocol, hostname, pathname: path, host } = url;
  const { headers } = await signer.sign(
    { method: 'POST', protocol, hostname, path, headers: { host, ...own }, body },
    { signingDate: at },
  );
  return headers;
}
