/** Cases of the suite in which the port answers otherwise, by decision. */
export interface Deviation {
  /** The suite of the case, and the case: what is between them says over which version of HTTP, codec and so on it is run. */
  readonly suite: string;
  readonly name: string;
  /** What the suite has to say of it, and nothing else: a case that differs in another way has failed. */
  readonly complaint: RegExp;
}

/** Why all of them differ. */
export const WHY_DEVIATIONS =
  'A request in no form that its path takes, and not in gRPC either, is answered with the right HTTP status and an error in JSON that says ' +
  'what would be right. The suite wants no body, and the code that clients guess from the status.';

const EXPLAINED =
  /^actual error \{code: 3 \(invalid_argument\), message: "\S+ takes .+"\} does not match expected code 2 \(unknown\)$/;
/** The suite's clients of gRPC leave a body unread that is not theirs. */
const UNREAD = /^connect error JSON: unexpected end of JSON input$/;

export const DEVIATIONS: readonly Deviation[] = [
  { suite: 'Connect Unexpected Requests', name: 'unexpected-codec', complaint: EXPLAINED },
  { suite: 'Connect Unexpected Requests', name: 'unexpected-verb', complaint: EXPLAINED },
  { suite: 'Unexpected Requests', name: 'unexpected-content-type', complaint: EXPLAINED },
  { suite: 'Unexpected Requests', name: 'unexpected-content-type', complaint: UNREAD },
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
