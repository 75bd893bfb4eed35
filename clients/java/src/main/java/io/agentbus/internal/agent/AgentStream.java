package io.agentbus.internal.agent;

import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.internal.Limits;
import io.agentbus.internal.wire.Errors;
import io.agentbus.internal.wire.Times;
import io.agentbus.v1.AgentServiceGrpc;
import io.agentbus.v1.AgentStreamRequest;
import io.agentbus.v1.AgentStreamResponse;
import io.agentbus.v1.Welcome;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * One stream on a connection of its own, from hello to its end. A bus that does not welcome in
 * time, or is silent for two heartbeat intervals, is gone even if the connection does not know it
 * yet. The loop's.
 */
final class AgentStream {
  /** What the stream tells, on the loop. */
  interface Listener {
    /** The bus has welcomed the agent; the lanes have been told. */
    void welcomed(Welcome welcome);

    /** Any later frame. */
    void received(AgentStreamResponse frame);

    /** A third of the heartbeat interval or of the lease has passed, whichever is shorter. */
    void beat();

    /**
     * The stream is over.
     *
     * @param error null if both sides had finished
     */
    void ended(AgentbusException error);
  }

  private final Loop loop;
  private final ManagedChannel channel;
  private final List<Lane> lanes;
  private final Listener listener;
  private final ClientCall<AgentStreamRequest, AgentStreamResponse> call;
  private Loop.Timer timer;
  private Loop.Timer farewell;
  private long heardAtNanos = System.nanoTime();
  private boolean isWelcome;
  private boolean isHalfClosed;
  private boolean isOver;
  private AgentbusException reason;

  /**
   * Makes a stream.
   *
   * @param channel the stream's, which it closes
   * @param lanes who writes; earlier ones go first
   */
  AgentStream(Loop loop, ManagedChannel channel, List<Lane> lanes, Listener listener) {
    this.loop = loop;
    this.channel = channel;
    this.lanes = lanes;
    this.listener = listener;
    // What gRPC has to tell goes to the loop at once, and needs no thread of its own.
    CallOptions options = CallOptions.DEFAULT.withExecutor(Runnable::run);
    call = channel.newCall(AgentServiceGrpc.getAgentStreamMethod(), options);
  }

  void open(AgentStreamRequest hello) {
    timer = loop.schedule(Limits.WELCOME_TIMEOUT, () -> abort(gone("it did not welcome in time")));
    call.start(new CallListener(), new Metadata());
    call.request(Limits.MAX_FRAMES_AHEAD);
    call.sendMessage(hello);
  }

  /** Writes what the lanes have to say, for as long as the connection takes it. */
  void flush() {
    while (isWelcome && !isHalfClosed && !isOver && call.isReady()) {
      AgentStreamRequest frame = nextFrame();
      if (frame == null) {
        break;
      }
      call.sendMessage(frame);
    }
  }

  /**
   * Ends the agent's side; the lanes have nothing more to say. The bus has a moment to follow.
   * Before its welcome there is nobody to take leave of: the stream is over at once.
   */
  void end() {
    if (isHalfClosed || isOver) {
      return;
    }
    if (!isWelcome) {
      abort(Errors.hasLeft("the agent"));
      return;
    }
    farewell =
        loop.schedule(Limits.FAREWELL_TIMEOUT, () -> abort(gone("it did not end the stream")));
    isHalfClosed = true;
    call.halfClose();
  }

  /** Whether the lanes have said all they had to. */
  boolean hasSaidAll() {
    return !isWelcome || call.isReady();
  }

  /** Breaks the stream off. */
  void abort(AgentbusException error) {
    if (reason == null) {
      reason = error;
    }
    call.cancel(error.text(), null);
  }

  private AgentStreamRequest nextFrame() {
    for (Lane lane : lanes) {
      AgentStreamRequest frame = lane.next();
      if (frame != null) {
        return frame;
      }
    }
    return null;
  }

  private void received(AgentStreamResponse frame) {
    if (isOver) {
      return;
    }
    heardAtNanos = System.nanoTime();
    if (frame.hasWelcome()) {
      welcome(frame.getWelcome());
    } else {
      listener.received(frame);
    }
    call.request(1);
  }

  private void welcome(Welcome welcome) {
    timer.cancel();
    isWelcome = true;
    Duration interval =
        welcome.hasHeartbeatInterval()
            ? Times.toDuration(welcome.getHeartbeatInterval())
            : Limits.DEFAULT_HEARTBEAT;
    Duration lease =
        welcome.getLimits().hasLease()
            ? Times.toDuration(welcome.getLimits().getLease())
            : Limits.DEFAULT_LEASE;
    lanes.forEach(Lane::online);
    listener.welcomed(welcome);
    // A third: one beat may be lost, and the next one late, before a lease or the patience of the
    // bus runs out.
    Duration beat = (interval.compareTo(lease) < 0 ? interval : lease).dividedBy(3);
    tick(beat, interval.multipliedBy(2).toNanos());
  }

  private void tick(Duration beat, long patienceNanos) {
    timer =
        loop.schedule(
            beat,
            () -> {
              if (System.nanoTime() - heardAtNanos > patienceNanos) {
                abort(gone("nothing was heard of it for two heartbeat intervals"));
              } else {
                listener.beat();
                tick(beat, patienceNanos);
              }
            });
  }

  private void ended(Status status, Metadata trailers) {
    isOver = true;
    timer.cancel();
    if (farewell != null) {
      farewell.cancel();
    }
    lanes.forEach(Lane::offline);
    channel.shutdownNow();
    if (reason != null) {
      listener.ended(reason);
    } else {
      listener.ended(status.isOk() ? null : Errors.of(status, trailers));
    }
  }

  private static AgentbusException gone(String why) {
    return new AgentbusException(StatusCode.UNAVAILABLE, why);
  }

  /** Hands everything to the loop. */
  private final class CallListener extends ClientCall.Listener<AgentStreamResponse> {
    @Override
    public void onMessage(AgentStreamResponse frame) {
      give(() -> received(frame));
    }

    @Override
    public void onReady() {
      // After whatever the loop does, it writes.
      give(() -> {});
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      give(() -> ended(status, trailers));
    }

    private void give(Runnable task) {
      try {
        loop.execute(task);
      } catch (RejectedExecutionException left) {
        // The agent broke this stream off when it left, and waits for nothing of it.
        channel.shutdownNow();
      }
    }
  }
}
