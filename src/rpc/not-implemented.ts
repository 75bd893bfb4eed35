import { BusError } from '../bus/bus-error.ts';

/** Answers a call whose behaviour this version does not have. */
export function notImplemented(feature: string): never {
  throw new BusError('NOT_IMPLEMENTED', `this version of the bus does not have ${feature}`, { feature });
}
