/** Guarantees as objects of OpenSLO v1 (docs/openslo.md). */
export const openSloType = 'application/openslo+yaml';
