package io.agentbus.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: one error, with what the bus said. Method: what gRPC would throw. */
class ErrorsTest {
  @Test
  void hasReasonAndFactsOfTheBus() {
    ErrorInfo info =
        ErrorInfo.newBuilder()
            .setDomain("agentbus")
            .setReason("MAILBOX_FULL")
            .putMetadata("limit", "3")
            .build();
    StatusRuntimeException thrown =
        StatusProto.toStatusRuntimeException(
            com.google.rpc.Status.newBuilder()
                .setCode(8)
                .setMessage("no room")
                .addDetails(Any.pack(info))
                .build());
    AgentbusException error = Errors.of(thrown);
    assertEquals(StatusCode.RESOURCE_EXHAUSTED, error.code());
    assertEquals(Optional.of("MAILBOX_FULL"), error.reason());
    assertEquals(Map.of("limit", "3"), error.facts());
    assertEquals("no room", error.text());
  }

  @ParameterizedTest
  @CsvSource({
    "ABORTED, UNAVAILABLE",
    "CANCELLED, UNAVAILABLE",
    "INTERNAL, UNAVAILABLE",
    "UNKNOWN, UNAVAILABLE",
    "DATA_LOSS, UNAVAILABLE",
    "UNAVAILABLE, UNAVAILABLE",
    "DEADLINE_EXCEEDED, DEADLINE_EXCEEDED",
    "UNAUTHENTICATED, UNAUTHENTICATED"
  })
  void takesABrokenConnectionForOne(Status.Code code, StatusCode expected) {
    assertEquals(expected, Errors.of(code.toStatus(), new Metadata()).code());
  }

  @Test
  void saysWhatBrokeTheConnection() {
    Status status =
        Status.UNAVAILABLE
            .withDescription("io exception")
            .withCause(new IOException(new IOException("Connection refused")));
    AgentbusException error =
        Unreachable.withAddress(Errors.of(status, new Metadata()), "http://127.0.0.1:1");
    assertEquals(StatusCode.UNAVAILABLE, error.code());
    assertTrue(error.text().contains("http://127.0.0.1:1"), error.text());
    assertTrue(error.text().contains("Connection refused"), error.text());
  }

  @Test
  void isFoundInWhatFuturesThrow() {
    AgentbusException error = new AgentbusException(StatusCode.NOT_FOUND, "gone");
    assertSame(
        error, AgentbusException.from(new CompletionException(new ExecutionException(error))));
  }
}
