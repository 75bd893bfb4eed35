package io.agentbus.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agentbus.AgentbusException;
import io.agentbus.OutgoingMessage;
import io.agentbus.internal.Limits;
import io.agentbus.v1.Envelope;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Goal: what goes out is what the contract wants. Method: envelopes at the bounds. */
class EnvelopesTest {
  private static Envelope stamped(OutgoingMessage message) {
    return Envelopes.stamp(message.toEnvelope(), "java://a", "msg-1", Instant.EPOCH);
  }

  private static OutgoingMessage withBytes(int count) {
    return OutgoingMessage.to("java://b")
        .messageId("m")
        .data(new byte[count], "application/octet-stream");
  }

  @Test
  void refusesWhatWouldCostTheStream() {
    int limit = Limits.MAX_ENVELOPE_BYTES;
    int overhead = limit - (limit - stamped(withBytes(limit)).getSerializedSize() + limit);
    assertEquals(limit, Envelopes.encode(stamped(withBytes(limit - overhead))).size());
    AgentbusException error =
        assertThrows(
            AgentbusException.class,
            () -> Envelopes.encode(stamped(withBytes(limit - overhead + 1))));
    assertTrue(error.hasReason("MESSAGE_TOO_LARGE"));
    assertEquals("4128768", error.facts().get("limit"));
    assertEquals("4128769", error.facts().get("actual"));
  }

  @Test
  void stampsOnlyWhatTheProgramDidNotName() {
    assertFalse(stamped(OutgoingMessage.to("java://b").messageId("mine")).hasTimestamp());
    Envelope unnamed = stamped(OutgoingMessage.to("java://b"));
    assertTrue(unnamed.hasTimestamp());
    assertEquals("msg-1", unnamed.getMessageId());
  }

  @Test
  void sendsWhatItSaidAtThatMoment() {
    OutgoingMessage message = OutgoingMessage.to("java://b").step("one");
    Envelope before = message.toEnvelope();
    message.step("two");
    assertEquals("one", before.getStep());
  }
}
