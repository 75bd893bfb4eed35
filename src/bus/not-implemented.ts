import { BusError } from './bus-error.ts';

/** The error for a part of the contract that this version does not have. */
export function notImplemented(feature: string): BusError {
  return new BusError('NOT_IMPLEMENTED', `this version of the bus does not have ${feature}`, { feature });
}
