/** A failure as CloudStack says it: the HTTP status is the errorcode (apache/cloudstack, ApiErrorCode). */
export class CloudStackFault extends Error {
  constructor(
    readonly code: number,
    message: string,
    /** CSExceptionErrorCode: which Java exception it was; 9999 for those without a number. */
    readonly csCode = 9999,
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'CloudStackFault';
  }
}

/** PARAM_ERROR of an InvalidParameterValueException: also what an operation says that its object is in no state for. */
export const invalid = (message: string): CloudStackFault => new CloudStackFault(431, message, 4350);

/** INTERNAL_ERROR: what an operation says that was tried and failed. */
export const failed = (message: string): CloudStackFault => new CloudStackFault(530, message, 4250);

/** ACCOUNT_ERROR of a PermissionDeniedException. */
export const denied = (message: string): CloudStackFault => new CloudStackFault(531, message, 4365);

/** RESOURCE_ALLOCATION_ERROR (ResourceLimitManagerImpl.checkResourceLimit). */
export const overLimit = (type: string): CloudStackFault =>
  new CloudStackFault(
    535,
    `Maximum amount of resources of Type = '${type}' for Account Name = testbed in Domain Id = 1 is exceeded.`,
    4370,
  );

/** What is said of wrong keys, of a wrong signature, and of none (ApiServlet.processRequest). */
export const unauthorized = (): CloudStackFault =>
  new CloudStackFault(401, 'unable to verify user credentials and/or request signature');
