package io.agentbus.internal.wire;

import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import java.util.Map;

/** Errors that say where the bus was looked for. */
public final class Unreachable {
  private Unreachable() {}

  /**
   * The bus cannot be reached, for as long as that was tried.
   *
   * @param cause what the last try failed with; null if it did not end at all
   */
  public static AgentbusException unreachable(String address, AgentbusException cause) {
    String why = cause == null ? "nothing answers" : cause.text();
    return new AgentbusException(
        StatusCode.UNAVAILABLE,
        null,
        "cannot reach the bus at " + address + ": " + why,
        Map.of(),
        cause);
  }

  /**
   * Says where the bus was looked for in an error that is not the bus's own: it gives a reason with
   * each of its errors, so one without was made on the way, or by something else that answers at a
   * wrong address.
   */
  public static AgentbusException withAddress(AgentbusException error, String address) {
    if (error.reason().isPresent()) {
      return error;
    }
    return switch (error.code()) {
      case UNAVAILABLE -> unreachable(address, error);
      case DEADLINE_EXCEEDED -> retold(error, "no answer from the bus at " + address);
      case UNIMPLEMENTED, UNAUTHENTICATED, PERMISSION_DENIED ->
          retold(error, "what answers at " + address + " is no bus, or none that knows this call");
      default -> error;
    };
  }

  private static AgentbusException retold(AgentbusException cause, String what) {
    return new AgentbusException(cause.code(), null, what + ": " + cause.text(), Map.of(), cause);
  }
}
