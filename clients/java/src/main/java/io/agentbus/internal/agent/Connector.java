package io.agentbus.internal.agent;

import io.agentbus.AgentStatus;
import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.internal.Backoff;
import io.agentbus.internal.Limits;
import io.agentbus.internal.wire.Errors;
import io.agentbus.internal.wire.Unreachable;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Keeps one stream open after the other, until the agent has left or is refused. The loop's. */
final class Connector {
  /** Whose streams they are. */
  interface Owner {
    /** Opens another stream; {@link Connector#streamEnded} is called when it is over. */
    AgentStream openStream();

    /** Whether nothing is being worked on, sent or settled. */
    boolean isQuiet();

    /**
     * The agent is off the bus for good.
     *
     * @param error null if it left as it was told to
     */
    void finish(AgentbusException error);
  }

  /** Codes with which the bus says that trying again changes nothing. */
  private static final Set<StatusCode> FINAL =
      EnumSet.of(
          StatusCode.UNAUTHENTICATED,
          StatusCode.PERMISSION_DENIED,
          StatusCode.INVALID_ARGUMENT,
          StatusCode.FAILED_PRECONDITION,
          StatusCode.NOT_FOUND,
          StatusCode.UNIMPLEMENTED);

  private final Loop loop;
  private final Backoff backoff;
  private final Lifecycle lifecycle;
  private final String address;
  private final Owner owner;

  private AgentStream stream;

  /** When the stream was welcomed; null until then. */
  private Long welcomedAtNanos;

  private Loop.Timer pause;
  private Loop.Timer grace;
  private long graceEndsAtNanos;
  private Loop.Timer connecting;
  private AgentbusException lastError;

  /** When to open another stream after this one, if somebody asked for it; otherwise null. */
  private Duration reopenIn;

  private boolean isLeaving;

  /** Nothing is left to do, or no time is. Stays true: who has left does not come back. */
  private boolean isOver;

  private boolean isFinished;

  Connector(Loop loop, Backoff backoff, Lifecycle lifecycle, String address, Owner owner) {
    this.loop = loop;
    this.backoff = backoff;
    this.lifecycle = lifecycle;
    this.address = address;
    this.owner = owner;
  }

  boolean isLeaving() {
    return isLeaving;
  }

  /**
   * Opens the first stream.
   *
   * @param connectTimeout until the first welcome; zero for forever
   */
  void start(Duration connectTimeout) {
    if (!connectTimeout.isZero()) {
      connecting = loop.schedule(connectTimeout, this::giveUpConnecting);
    }
    open();
  }

  void welcomed() {
    welcomedAtNanos = System.nanoTime();
    if (connecting != null) {
      connecting.cancel();
    }
  }

  /**
   * Writes, and sees whether there is still something to wait for. After each batch of the loop.
   */
  void turn() {
    if (isFinished) {
      return;
    }
    if (stream != null) {
      stream.flush();
    }
    boolean isQuiet = owner.isQuiet();
    isOver = isOver || (isLeaving && isQuiet);
    if (stream == null && isOver) {
      finish(null);
    } else if (stream != null
        && isQuiet
        && (isLeaving || reopenIn != null)
        && stream.hasSaidAll()) {
      stream.end();
    }
  }

  /** Opens another stream when this one has nothing left to do or has ended, after a while. */
  void reconnect(Duration delay) {
    reopenIn = delay;
  }

  /**
   * Leaves when nothing is left to do.
   *
   * @param limit how long that may take, of several the shortest counts; null for as long as it
   *     takes
   */
  void leave(Duration limit) {
    if (isFinished) {
      return;
    }
    if (!isLeaving) {
      lifecycle.set(AgentStatus.State.DRAINING);
    }
    isLeaving = true;
    if (limit != null) {
      boundBy(limit);
    }
  }

  private void boundBy(Duration limit) {
    long endsAtNanos = Loop.nanosAfter(limit);
    if (grace != null) {
      if (endsAtNanos - graceEndsAtNanos >= 0) {
        return;
      }
      grace.cancel();
    }
    graceEndsAtNanos = endsAtNanos;
    grace = loop.schedule(limit, this::giveUp);
  }

  /** The stream is over; null if both sides had finished. */
  void streamEnded(AgentbusException error) {
    stream = null;
    if (error != null) {
      lastError = error;
    }
    if (welcomedAtNanos != null
        && System.nanoTime() - welcomedAtNanos >= Limits.HEALTHY_STREAM.toNanos()) {
      backoff.reset();
    }
    welcomedAtNanos = null;
    isOver = isOver || (isLeaving && owner.isQuiet());
    if (isFinished || isOver) {
      return;
    }
    if (error != null && (FINAL.contains(error.code()) || error.hasReason("STREAM_FENCED"))) {
      finish(Unreachable.withAddress(error, address));
      return;
    }
    Duration wait = reopenIn != null ? reopenIn : backoff.next();
    reopenIn = null;
    if (!isLeaving) {
      lifecycle.set(AgentStatus.State.WAITING, error, wait);
    }
    pause = loop.schedule(wait, this::open);
  }

  private void open() {
    if (isFinished || isOver) {
      return;
    }
    if (!isLeaving) {
      lifecycle.set(AgentStatus.State.CONNECTING);
    }
    stream = owner.openStream();
  }

  private void giveUpConnecting() {
    finish(Unreachable.unreachable(address, lastError));
  }

  private void giveUp() {
    isOver = true;
    if (stream != null) {
      stream.abort(Errors.hasLeft("the agent"));
    }
  }

  /** Ends at once, for good. */
  void fail(AgentbusException error) {
    if (!isFinished) {
      finish(error);
    }
  }

  private void finish(AgentbusException error) {
    isFinished = true;
    for (Loop.Timer timer : new Loop.Timer[] {pause, grace, connecting}) {
      if (timer != null) {
        timer.cancel();
      }
    }
    if (stream != null) {
      stream.abort(error != null ? error : Errors.hasLeft("the agent"));
    }
    owner.finish(error);
  }
}
