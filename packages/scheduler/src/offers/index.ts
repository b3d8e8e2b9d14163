export { answerInverseOffer, type InverseAnswer, type RunningAttempt } from './inverse-offers.ts';
export { defaultOfferFlow, type OfferCall, OfferFlow, type OfferFlowOptions } from './offer-flow.ts';
export { defaultRefusals, type RefusalOptions, Refusals } from './refusals.ts';
export { anyOffer, isSameWish, offerWish, type WishDemand } from './wish.ts';
