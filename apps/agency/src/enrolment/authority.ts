/** The Agency's own certificate authority, for the agents of resources and the door that they come in by (docs/adr/0027). */
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createPrivateKey, generateKeyPairSync, randomBytes, webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import { isIP } from 'node:net';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const curve = 'P-256';
const issuer = 'CN=Cloud Agency, OU=Agents';
const authorityMs = 10 * 365 * 86_400_000;
/** Clocks of machines that have just booted are behind or ahead; the door's own certificate holds them up no more than it must. */
const leewayMs = 10 * 60_000;
const doorMs = 30 * 86_400_000;

/** A key and what it is certified by, PEM. */
export interface Credential {
  readonly key: string;
  readonly certificate: string;
}

export const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Signs for machines and for the door. */
export class Authority {
  private constructor(
    readonly certificate: string,
    private readonly signing: webcrypto.CryptoKey,
  ) {}

  /** A new certificate for a key of its own. */
  static async found(key: string, now: number): Promise<Authority> {
    const keys = await keyPairOf(key);
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: issuer,
      issuer,
      ...lasting(now, authorityMs),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(certificate.toString('pem'), keys.privateKey);
  }

  /** @returns undefined when the key is not that of the certificate. */
  static async resume(key: string, certificate: string): Promise<Authority | undefined> {
    const keys = await keyPairOf(key);
    const own = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
    const certified = Buffer.from(new X509Certificate(certificate).publicKey.rawData);
    return own.equals(certified) ? new Authority(certificate, keys.privateKey) : undefined;
  }

  /** Whether it has signed a certificate, whenever that was. */
  vouchesFor(certificate: NodeCertificate): boolean {
    const own = new NodeCertificate(this.certificate);
    return certificate.checkIssued(own) && certificate.verify(own.publicKey);
  }

  /** For the agent of a placement, which is its whole name. */
  async certify(placement: string, publicKey: PublicKey, now: number, ms: number): Promise<string> {
    return await this.sign(`CN=${placement}`, publicKey, lasting(now, ms), [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth], true),
    ]);
  }

  /** For the door, under every name that machines know it by. */
  async forDoor(hosts: readonly string[], now: number): Promise<Credential> {
    const key = newKey();
    const { publicKey } = await keyPairOf(key);
    const names = [...new Set(hosts)].map((host) => ({
      type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const),
      value: host,
    }));
    const certificate = await this.sign('CN=Cloud Agency', publicKey, lasting(now, doorMs), [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth], true),
      new SubjectAlternativeNameExtension(names),
    ]);
    return { key, certificate };
  }

  private async sign(
    subject: string,
    publicKey: PublicKey | webcrypto.CryptoKey,
    validity: ReturnType<typeof lasting>,
    extensions: readonly Extension[],
  ): Promise<string> {
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer,
      ...validity,
      publicKey,
      signingKey: this.signing,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        ...extensions,
      ],
    });
    return certificate.toString('pem');
  }
}

/** RFC 5280, 4.1.2.2: positive, at most 20 octets; nobody can guess it. */
const serial = (): string => `01${randomBytes(15).toString('hex')}`;

const lasting = (now: number, ms: number) => ({ notBefore: new Date(now - leewayMs), notAfter: new Date(now + ms) });

async function keyPairOf(pem: string): Promise<{ privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey }> {
  const key = createPrivateKey(pem);
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  const publicJwk = { kty, crv, x, y } as webcrypto.JsonWebKey;
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), algorithm, false, [
      'sign',
    ]),
    publicKey: await webcrypto.subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']),
  };
}
