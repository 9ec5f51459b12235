import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A private key, PEM. */
export const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A request to certify the key for a placement, PEM. */
export async function requestFor(key: string, placement: string): Promise<string> {
  const der = (exported: Buffer): webcrypto.BufferSource => new Uint8Array(exported);
  const privateKey = await webcrypto.subtle.importKey(
    'pkcs8',
    der(createPrivateKey(key).export({ type: 'pkcs8', format: 'der' })),
    algorithm,
    false,
    ['sign'],
  );
  const publicKey = await webcrypto.subtle.importKey(
    'spki',
    der(createPublicKey(key).export({ type: 'spki', format: 'der' })),
    algorithm,
    true,
    ['verify'],
  );
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=${placement}`,
    keys: { privateKey, publicKey },
    signingAlgorithm: algorithm,
  });
  return request.toString('pem');
}
