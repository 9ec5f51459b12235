export { AgencyError, errorTable, type ErrorCode, type ErrorDetails } from './agency-error.js';
export { nearest } from './nearest.js';
export { reasonOf } from './reason.js';
