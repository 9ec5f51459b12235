import { AgencyError } from '@cloud-agency/errors';
import { Pkcs10CertificateRequest, type PublicKey } from '@peculiar/x509';
import { createHash } from 'node:crypto';

/** What a machine asks to have certified. */
export interface Asked {
  /** The placement that it says it is. */
  readonly placement: string;
  readonly publicKey: PublicKey;
  /** sha256 of the key, SubjectPublicKeyInfo, hexadecimal. */
  readonly key: string;
}

/** Reads a request (PKCS #10, PEM) whose sender has the key that it is for. @throws AgencyError invalid-request. */
export async function requestIn(pem: string): Promise<Asked> {
  const request = parsed(pem);
  const { name, namedCurve } = request.publicKey.algorithm as { name: string; namedCurve?: string };
  if (name !== 'ECDSA' || namedCurve !== 'P-256') throw invalid('Its key is to be one on the curve P-256.');
  if (!(await request.verify().catch(() => false))) throw invalid('It is not signed with the key that it is for.');
  const [placement] = request.subjectName.getField('CN');
  if (placement === undefined) throw invalid('Its subject is to be CN=<placement>.');
  const key = createHash('sha256').update(Buffer.from(request.publicKey.rawData)).digest('hex');
  return { placement, publicKey: request.publicKey, key };
}

function parsed(pem: string): Pkcs10CertificateRequest {
  try {
    return new Pkcs10CertificateRequest(pem);
  } catch (cause) {
    throw invalid('It cannot be read: it is to be PKCS #10, in PEM.', cause);
  }
}

const invalid = (reason: string, cause?: unknown): AgencyError =>
  new AgencyError('invalid-request', { message: `This is no certificate request that is signed here. ${reason}` }, { cause });
