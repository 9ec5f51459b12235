import type { Testbed } from '../../testbed.js';
import { Ec2Error } from './ec2-error.js';
import type { Doorkeeper, Scope } from './query-service.js';
import { type SignedRequest, verifySignature } from './signature.js';

/**
 * Whose request it is, by the access key, and which region it is meant for, by the scope of its Signature Version 4.
 * @throws Ec2Error as verifySignature; SignatureDoesNotMatch for a region that the cloud does not have.
 */
export function scopeOf(testbed: Testbed, door: Doorkeeper, request: SignedRequest, service: string): Scope {
  const signer = verifySignature(request, door.secretOf, testbed.clock.now(), service);
  const cloud = door.cloudOf(signer.accessKey);
  const region = cloud?.region(signer.region);
  if (cloud && region) return { cloud, region };
  throw new Ec2Error('SignatureDoesNotMatch', `Credential should be scoped to a valid region, not '${signer.region}'.`, 403);
}
