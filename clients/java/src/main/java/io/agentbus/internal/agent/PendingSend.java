package io.agentbus.internal.agent;

import com.google.protobuf.ByteString;
import io.agentbus.AgentbusException;
import io.agentbus.Sent;

/**
 * A message that the bus has not answered yet.
 *
 * @param messageId its name
 * @param bytes the encoded envelope, the same for each sending
 * @param listener hears the answer
 */
record PendingSend(String messageId, ByteString bytes, Listener listener) {
  /** Called by the loop, once. */
  interface Listener {
    /** The message is on disk. */
    void accepted(Sent sent);

    /** It is not, and will not be. */
    void refused(AgentbusException error);
  }
}
