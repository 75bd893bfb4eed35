package io.agentbus.internal.wire;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.v1.ErrorStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The one place that makes errors of what gRPC and the bus say. */
public final class Errors {
  /**
   * What a broken connection looks like. The bus says why in each of its errors, so one of these
   * without a reason was made on the way.
   */
  private static final Set<StatusCode> CUT_CONNECTION =
      EnumSet.of(
          StatusCode.ABORTED,
          StatusCode.CANCELLED,
          StatusCode.INTERNAL,
          StatusCode.UNKNOWN,
          StatusCode.DATA_LOSS);

  private Errors() {}

  /** The error that ended a call or a stream. */
  public static AgentbusException of(Status status, Metadata trailers) {
    StatusCode code = StatusCode.of(status.getCode().value());
    ErrorInfo info = infoOf(status, trailers);
    if (info != null) {
      return new AgentbusException(
          code, info.getReason(), textOf(status), info.getMetadataMap(), null);
    }
    return new AgentbusException(
        CUT_CONNECTION.contains(code) ? StatusCode.UNAVAILABLE : code,
        null,
        textOf(status),
        Map.of(),
        status.getCause());
  }

  /** The error of a call, however it was thrown. */
  public static AgentbusException of(Throwable thrown) {
    if (thrown instanceof StatusRuntimeException error) {
      return of(error.getStatus(), error.getTrailers());
    }
    if (thrown instanceof StatusException error) {
      return of(error.getStatus(), error.getTrailers());
    }
    return AgentbusException.from(thrown);
  }

  /** The error that a frame of a stream carries. */
  public static AgentbusException of(ErrorStatus error) {
    ErrorInfo info = error.getInfo();
    return new AgentbusException(
        StatusCode.of(error.getCode()),
        error.hasInfo() ? info.getReason() : null,
        error.getMessage(),
        info.getMetadataMap(),
        null);
  }

  /** A required field is not there: the bus is at fault. */
  public static AgentbusException missing(String field) {
    return new AgentbusException(
        StatusCode.INTERNAL, "the bus left the " + field + " out of its answer");
  }

  /** Something was thrown that is nobody's answer: the client is at fault. */
  public static AgentbusException fault(Throwable thrown) {
    return new AgentbusException(
        StatusCode.INTERNAL, null, "the client failed: " + thrown, Map.of(), thrown);
  }

  /** What fails when the agent or the client leaves. */
  public static AgentbusException hasLeft(String who) {
    return new AgentbusException(StatusCode.CANCELLED, who + " has left the bus");
  }

  private static ErrorInfo infoOf(Status status, Metadata trailers) {
    if (trailers == null) {
      return null;
    }
    try {
      for (Any detail : StatusProto.fromStatusAndTrailers(status, trailers).getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          return detail.unpack(ErrorInfo.class);
        }
      }
    } catch (InvalidProtocolBufferException | IllegalArgumentException unreadable) {
      // Whatever made these details was not the bus: the status alone has to do.
      return null;
    }
    return null;
  }

  /**
   * The text of the status, and of what broke a connection the innermost cause, which says most:
   * gRPC's own text for it is no more than "io exception", and further lines on its inside.
   */
  private static String textOf(Status status) {
    Throwable cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String description = status.getDescription();
    if (cause == null || cause.getMessage() == null) {
      return description == null ? "the call failed" : description;
    }
    String text = description == null ? "" : description.lines().findFirst().orElse("");
    return text.isEmpty() || text.equals("io exception")
        ? cause.getMessage()
        : text + ": " + cause.getMessage();
  }
}
