package io.agentbus.internal.wire;

import com.google.protobuf.ByteString;
import io.agentbus.AgentbusException;
import io.agentbus.Content;
import io.agentbus.StatusCode;
import io.agentbus.internal.Limits;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.TaskResult;
import java.time.Instant;
import java.util.Map;

/** Envelopes on their way out, and content on its way in. */
public final class Envelopes {
  private Envelopes() {}

  /**
   * Says who sends a message, and names it and stamps it with the time unless the program named it:
   * what the program names it can repeat, with the same bytes.
   */
  public static Envelope stamp(Envelope envelope, String agentId, String newId, Instant now) {
    Envelope.Builder stamped = envelope.toBuilder();
    stamped.getSenderBuilder().setAgentId(agentId);
    if (stamped.getMessageId().isEmpty()) {
      stamped.setMessageId(newId).setTimestamp(Times.toTimestamp(now));
    }
    return stamped.build();
  }

  /** Encodes an envelope for all its sendings; fails with MESSAGE_TOO_LARGE above the bound. */
  public static ByteString encode(Envelope envelope) {
    checkSize(envelope);
    return envelope.toByteString();
  }

  /** Fails with MESSAGE_TOO_LARGE above the bound. */
  public static void checkSize(Envelope envelope) {
    int size = envelope.getSerializedSize();
    int limit = Limits.MAX_ENVELOPE_BYTES;
    if (size > limit) {
      throw new AgentbusException(
          StatusCode.RESOURCE_EXHAUSTED,
          "MESSAGE_TOO_LARGE",
          "message %s has %d bytes, more than %d: pass large things by reference"
              .formatted(envelope.getMessageId(), size, limit),
          Map.of("limit", Integer.toString(limit), "actual", Integer.toString(size)),
          null);
    }
  }

  /** What a message says. */
  public static Content contentOf(Envelope envelope) {
    return switch (envelope.getContentCase()) {
      case PAYLOAD -> Content.json(JsonStruct.toMap(envelope.getPayload()));
      case DATA -> Content.data(envelope.getData().toByteArray(), envelope.getContentType());
      case CONTENT_NOT_SET -> Content.none();
    };
  }

  /** What a task came to. */
  public static Content contentOf(TaskResult result) {
    return switch (result.getContentCase()) {
      case PAYLOAD -> Content.json(JsonStruct.toMap(result.getPayload()));
      case DATA -> Content.data(result.getData().toByteArray(), result.getContentType());
      case CONTENT_NOT_SET -> Content.none();
    };
  }
}
