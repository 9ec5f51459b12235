/** An error in EC2's own words (EC2 API reference, Error codes). */
export class Ec2Error extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = 'Ec2Error';
  }
}

export const invalidValue = (message: string): Ec2Error => new Ec2Error('InvalidParameterValue', message);

/** A thing that is not there, e.g. `InvalidVolume` and «The volume 'vol-1' does not exist.» */
export const notThere = (kind: string, message: string): Ec2Error => new Ec2Error(`${kind}.NotFound`, message);
