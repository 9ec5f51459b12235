import { digest } from '../../cloud/digest.js';
import { type Ami, offeredAmi } from '../ec2/amis.js';
import type { Ec2Dialect } from '../ec2/dialect.js';
import { offeredImages } from '../images.js';

/** The account that an administrator's images belong to. */
const owner = '000000000001';

/** Images that the cloud's administrator has registered, under names like those of their publishers' files; for x86_64 only. */
const emis = (region: string): Ami[] =>
  offeredImages
    .filter(({ architecture }) => architecture === 'x86_64')
    .map(({ portable, architecture, build, createdAt }) => {
      const name = `${portable}-${architecture}-${build}`;
      return offeredAmi({ imageId: `emi-${digest(`${region} ${name}`, 8)}`, name, architecture, owner, createdAt });
    });

export const eucalyptus: Ec2Dialect = {
  idDigits: 8,
  vpc: false,
  imagePrefix: 'emi',
  endpointOf: (region) => `http://ec2.${region}.internal:8773/services/Eucalyptus`,
  images: emis,
};
