package io.agentbus;

/** What kind of error it is: the gRPC status codes, in the order of their numbers. */
public enum StatusCode {
  /** No error; never the code of an {@link AgentbusException}. */
  OK,
  /** The program itself left or gave up waiting. */
  CANCELLED,
  /** Nobody knows. */
  UNKNOWN,
  /** The request has to change. */
  INVALID_ARGUMENT,
  /** Time ran out; what was asked for may have happened. */
  DEADLINE_EXCEEDED,
  /** What the request names is not there. */
  NOT_FOUND,
  /** What the request makes is there already. */
  ALREADY_EXISTS,
  /** The key does not allow it. */
  PERMISSION_DENIED,
  /** Something is full or too large. */
  RESOURCE_EXHAUSTED,
  /** The state does not allow it. */
  FAILED_PRECONDITION,
  /** Somebody was faster, or what it was about was taken away. */
  ABORTED,
  /** A cursor is beyond the end. */
  OUT_OF_RANGE,
  /** The bus does not have it. */
  UNIMPLEMENTED,
  /** A fault of the bus. */
  INTERNAL,
  /** The bus cannot be reached just now. The only code that is worth repeating unchanged. */
  UNAVAILABLE,
  /** Something was damaged on the way. */
  DATA_LOSS,
  /** The key is missing or wrong. */
  UNAUTHENTICATED;

  private static final StatusCode[] BY_NUMBER = values();

  /**
   * The code with this number; {@link #UNKNOWN} for a number that gRPC does not have.
   *
   * @param number the number of gRPC
   * @return its name
   */
  public static StatusCode of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
  }
}
