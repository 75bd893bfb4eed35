/** Cases of the suite in which the port answers otherwise, by decision. */
export interface Deviation {
  /** The last part of the names of the cases. */
  readonly cases: readonly string[];
  readonly reason: string;
}

export const DEVIATIONS: readonly Deviation[] = [
  {
    cases: ['unexpected-content-type', 'unexpected-codec', 'unexpected-verb', 'unexpected-uri'],
    reason:
      'A request in no protocol that its path takes is answered with the right HTTP status and, for whoever reads it, an error in ' +
      'JSON that says what would be right. The suite wants no body, and the code that clients guess from the status.',
  },
];

/**
 * What the suite says of a case in which all is as it should be but for one more detail. By contract each error of the bus says its
 * reason in a `google.rpc.ErrorInfo`, those of the transport too; the suite wants no details that it did not ask for.
 */
export const REASON_GIVEN: readonly RegExp[] = [
  /^actual error contain 1 details; expecting 0$/,
  // The suite's library writes one of two kinds of spaces, so that nobody compares its texts.
  /^connect error JSON: details\[0\]: could not check debug data because message type "google\.rpc\.ErrorInfo" could not be resolved: proto:\snot found$/,
];
