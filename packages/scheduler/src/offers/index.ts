export { answerInverseOffer, type InverseAnswer, type RunningAttempt } from './inverse-offers.ts';
export { defaultOfferFlow, type OfferCall, OfferFlow, type OfferFlowOptions } from './offer-flow.ts';
export { anyOffer, offerWish, type WishDemand } from './wish.ts';
