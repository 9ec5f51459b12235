import { type Ami, offeredAmi } from '../ec2/amis.js';
import type { Ec2Dialect } from '../ec2/dialect.js';
import type { QueryCall } from '../ec2/query-service.js';
import type { XmlFields } from '../ec2/xml.js';
import { offeredImages } from '../images.js';

/** Files in its repository: an image is called by the name of its file, and says that it is for i386 whatever it is for. */
const files: readonly Ami[] = offeredImages
  .filter(({ architecture }) => architecture === 'x86_64')
  .map(({ portable, build, createdAt }) => {
    const name = `${portable}-${build}.gz`;
    return offeredAmi({ imageId: name, name, architecture: 'i386', owner: 'nimbus', createdAt });
  });

/** What of EC2's actions it shares. */
export const nimbus: Ec2Dialect = {
  idDigits: 8,
  vpc: false,
  imagePrefix: 'ami',
  endpointOf: (region) => region,
  images: () => files,
};

export const isImage = (name: string): boolean => files.some(({ imageId }) => imageId === name);

/** One ImageId is taken without a number (ServiceImageImpl of its source); filters are not known, and not refused. */
export function describeImages({ query }: QueryCall): XmlFields {
  const wanted = query.get('ImageId');
  return {
    imagesSet: files
      .filter(({ imageId }) => wanted === undefined || imageId === wanted)
      .map(({ imageId, architecture, owner }) => ({
        imageId,
        imageLocation: `cumulus://nimbus.internal:8888/Repo/VMS/common/${imageId}/`,
        imageState: 'available',
        imageOwnerId: owner,
        isPublic: true,
        architecture,
        imageType: 'machine',
        kernelId: 'default-kernel',
        ramdiskId: 'default-ramdisk',
        blockDeviceMapping: [],
      })),
  };
}
