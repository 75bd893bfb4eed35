package io.agentbus.internal.calls;

import io.agentbus.AgentbusException;
import io.agentbus.SessionEvent;
import io.agentbus.StatusCode;
import io.agentbus.Watch;
import io.agentbus.internal.Backoff;
import io.agentbus.internal.Completions;
import io.agentbus.internal.Limits;
import io.agentbus.internal.ProgramExecutor;
import io.agentbus.internal.wire.Errors;
import io.agentbus.v1.SessionServiceGrpc;
import io.agentbus.v1.WatchSessionRequest;
import io.agentbus.v1.WatchSessionResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Follows a session. A lost connection is taken up again after the last event that the listener
 * had, for as long as it takes.
 */
final class SessionWatch implements Watch {
  private final Calls calls;
  private final String sessionId;
  private final Consumer<SessionEvent> listener;
  private final Backoff backoff;
  private final CompletableFuture<Long> ended = new CompletableFuture<>();
  private volatile ClientCall<WatchSessionRequest, WatchSessionResponse> call;
  private volatile boolean isClosed;

  /** Sequence of the last event that the listener had. Of one stream after the other. */
  private long last;

  SessionWatch(Calls calls, String sessionId, long after, Consumer<SessionEvent> listener) {
    this.calls = calls;
    this.sessionId = sessionId;
    this.listener = listener;
    last = after;
    backoff = calls.newBackoff();
  }

  @Override
  public CompletableFuture<Long> ended() {
    return ended.copy();
  }

  @Override
  public void close() {
    isClosed = true;
    Completions.fail(ended, Errors.hasLeft("whoever followed the session"));
    call.cancel("nobody follows the session any more", null);
  }

  /** Opens one stream. */
  void open() {
    // The listener may block: each watch has its thread, and only its own events wait.
    CallOptions options = CallOptions.DEFAULT.withExecutor(ProgramExecutor.shared());
    ManagedChannel channel = calls.connection().current();
    call = channel.newCall(SessionServiceGrpc.getWatchSessionMethod(), options);
    Stream stream = new Stream(channel);
    call.start(stream, new Metadata());
    call.sendMessage(
        WatchSessionRequest.newBuilder().setSessionId(sessionId).setAfterSequence(last).build());
    call.halfClose();
    call.request(1);
    stream.watchSilence(Limits.WATCH_SILENCE);
    if (isClosed) {
      call.cancel("nobody follows the session any more", null);
    }
  }

  /** One stream of the session. gRPC tells it one thing after the other. */
  private final class Stream extends ClientCall.Listener<WatchSessionResponse> {
    private final ClientCall<WatchSessionRequest, WatchSessionResponse> own = call;
    private final ManagedChannel channel;
    private volatile long heardAtNanos = System.nanoTime();
    private volatile boolean isBusy;
    private volatile boolean isOver;
    private boolean isOpen;
    private Throwable thrown;

    Stream(ManagedChannel channel) {
      this.channel = channel;
    }

    @Override
    public void onMessage(WatchSessionResponse response) {
      isBusy = true;
      try {
        // The first response only opens the stream: it is no sign that the stream holds.
        if (isOpen || response.hasEvent()) {
          backoff.reset();
        }
        isOpen = true;
        if (response.hasEvent() && response.getEvent().getSequence() > last && !isClosed) {
          listener.accept(Records.toEvent(response.getEvent()));
          last = response.getEvent().getSequence();
        }
        own.request(1);
      } catch (RuntimeException | Error fault) {
        thrown = fault;
        own.cancel("the listener failed", fault);
      } finally {
        heardAtNanos = System.nanoTime();
        isBusy = false;
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      isOver = true;
      if (thrown != null) {
        Completions.fail(ended, thrown);
      } else if (status.isOk()) {
        // The bus ends the stream itself only with the session.
        Completions.complete(ended, last);
      } else if (!isClosed) {
        lost(calls.lost(channel, new StatusRuntimeException(status, trailers)));
      }
    }

    private void lost(AgentbusException error) {
      if (error.code() == StatusCode.UNAVAILABLE && !calls.isClosed()) {
        Calls.after(backoff.next(), SessionWatch.this::open);
      } else {
        Completions.fail(ended, calls.toCallError(error));
      }
    }

    /** Breaks the stream off when nothing comes for so long that the connection must be dead. */
    private void watchSilence(Duration delay) {
      Calls.after(
          delay,
          () -> {
            long silentNanos = System.nanoTime() - heardAtNanos;
            long leftNanos = Limits.WATCH_SILENCE.toNanos() - silentNanos;
            if (isOver) {
              return;
            }
            if (isBusy) {
              watchSilence(Limits.WATCH_SILENCE);
            } else if (leftNanos > 0) {
              watchSilence(Duration.ofNanos(leftNanos));
            } else {
              own.cancel("nothing was heard of the bus", null);
            }
          });
    }
  }
}
