export { answerInverseOffer, type RunningAttempt } from './inverse-offers.ts';
export { OfferFlow } from './offer-flow.ts';
export { anyOffer, offerWish } from './wish.ts';
