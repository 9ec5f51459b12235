import { amiOf, offeredImages } from '../images.js';

/** An image as EC2 knows it: offered by a publisher, or saved by the account itself. */
export interface Ami {
  readonly imageId: string;
  readonly name: string;
  readonly description: string;
  readonly architecture: string;
  readonly owner: string;
  readonly ownerAlias: string | null;
  readonly createdAt: string;
  readonly state: 'pending' | 'available';
  readonly isPublic: boolean;
  /** The instance it was made of. */
  readonly source: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** An AMI that a publisher offers to everybody. */
export const offeredAmi = (ami: Pick<Ami, 'imageId' | 'name' | 'architecture' | 'owner' | 'createdAt'> & Partial<Ami>): Ami => ({
  description: '',
  ownerAlias: null,
  state: 'available',
  isPublic: true,
  source: null,
  tags: {},
  ...ami,
});

/** Those of Amazon's publishers in a region. */
export const offeredAmis = (region: string): Ami[] =>
  offeredImages.map((image) =>
    offeredAmi({
      imageId: amiOf(region, image),
      name: image.ec2.name,
      architecture: image.architecture,
      owner: image.ec2.owner,
      ownerAlias: image.ec2.alias,
      createdAt: image.createdAt,
    }),
  );
