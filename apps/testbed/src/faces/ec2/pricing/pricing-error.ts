/** An error as JSON 1.1 services say it: `{"__type": "<code>", "Message": …}`. */
export class PricingError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = 'PricingError';
  }
}

export const invalidParameter = (message: string): PricingError => new PricingError('InvalidParameterException', message);
