/** The states of an offer in WS-Agreement Negotiation (GFD.193). */
const offerStates = ['Advisory', 'Solicited', 'Acceptable', 'Rejected'] as const;
export type OfferState = (typeof offerStates)[number];

/**
 * Which states an offer that answers another may have. Advisory binds to nothing and may leave things open; who solicits wants a final word; of
 * what is acceptable an agreement is made, or it is rejected; on what was rejected nothing is built.
 */
const answers: Readonly<Record<OfferState, readonly OfferState[]>> = {
  Advisory: ['Advisory', 'Solicited', 'Acceptable', 'Rejected'],
  Solicited: ['Acceptable', 'Rejected'],
  Acceptable: ['Rejected'],
  Rejected: [],
};

export const mayAnswer = (answer: OfferState, offer: OfferState): boolean => answers[offer].includes(answer);

/** States in which a client may call: those that something acceptable can answer. */
export const callingStates: readonly OfferState[] = offerStates.filter((state) => mayAnswer('Acceptable', state));

/** The one of `neg:Advisory` and its like; undefined for any other name. */
export const offerStateOf = (element: string): OfferState | undefined => offerStates.find((state) => element === `neg:${state}`);

export const stateElements: readonly string[] = offerStates.map((state) => `neg:${state}`);
