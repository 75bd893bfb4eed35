package io.agentbus.internal.calls;

import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.internal.Backoff;
import io.agentbus.internal.Completions;
import io.agentbus.internal.Limits;
import io.agentbus.internal.ProgramExecutor;
import io.agentbus.internal.wire.Errors;
import io.agentbus.internal.wire.Unreachable;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Single calls. They end in time, and are repeated while the bus is unavailable if the contract
 * says that the method may be: reads, and calls that are idempotent by an id, which a repetition
 * keeps. Thread-safe.
 */
public final class Calls {
  private final Connection connection;
  private final String address;
  private final DoubleSupplier random;
  private volatile boolean isClosed;

  /**
   * Connects with the first call.
   *
   * @param channels opens a connection
   * @param address where it leads, for people
   * @param random draws the waits of backoffs, from 0 (inclusive) to 1 (exclusive)
   */
  public Calls(Supplier<ManagedChannel> channels, String address, DoubleSupplier random) {
    connection = new Connection(channels);
    this.address = address;
    this.random = random;
  }

  Connection connection() {
    return connection;
  }

  Backoff newBackoff() {
    return new Backoff(random);
  }

  /** Ends all calls, which fail with CANCELLED. */
  void close() {
    isClosed = true;
    connection.close();
  }

  boolean isClosed() {
    return isClosed;
  }

  /** What the caller is told of an error of a call. */
  AgentbusException toCallError(Throwable thrown) {
    return isClosed
        ? Errors.hasLeft("the client")
        : Unreachable.withAddress(Errors.of(thrown), address);
  }

  /** Calls a method, again if it may be. */
  <Q, R> CompletableFuture<R> call(MethodDescriptor<Q, R> method, Q request) {
    CompletableFuture<R> result = new CompletableFuture<>();
    int attempts = method.isSafe() || method.isIdempotent() ? Limits.MAX_CALL_ATTEMPTS : 1;
    attempt(method, request, result, newBackoff(), attempts);
    return result;
  }

  private <Q, R> void attempt(
      MethodDescriptor<Q, R> method,
      Q request,
      CompletableFuture<R> result,
      Backoff backoff,
      int attemptsLeft) {
    callOnce(method, request, Limits.CALL_TIMEOUT)
        .whenComplete(
            (response, thrown) -> {
              if (thrown == null) {
                Completions.complete(result, response);
                return;
              }
              AgentbusException error = toCallError(thrown);
              if (error.code() != StatusCode.UNAVAILABLE || attemptsLeft <= 1) {
                Completions.fail(result, error);
                return;
              }
              after(
                  backoff.next(),
                  () -> attempt(method, request, result, backoff, attemptsLeft - 1));
            });
  }

  /**
   * Calls a method once. The future completes on a thread of gRPC, which must not be blocked;
   * cancelling it cancels the call.
   */
  <Q, R> CompletableFuture<R> callOnce(MethodDescriptor<Q, R> method, Q request, Duration timeout) {
    ManagedChannel channel = connection.current();
    ClientCall<Q, R> call =
        channel.newCall(
            method, CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS));
    CompletableFuture<R> response = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(call, request, new Answering<>(channel, response));
    response.whenComplete(
        (value, thrown) -> {
          if (response.isCancelled()) {
            call.cancel("nobody waits for the answer", null);
          }
        });
    return response;
  }

  /** Does something after a while. */
  static void after(Duration delay, Runnable task) {
    CompletableFuture.delayedExecutor(
            delay.toNanos(), TimeUnit.NANOSECONDS, ProgramExecutor.shared())
        .execute(task);
  }

  /** The error of a call on this channel, after which the next may need another. */
  AgentbusException lost(ManagedChannel channel, Throwable thrown) {
    AgentbusException error = Errors.of(thrown);
    if (error.code() == StatusCode.UNAVAILABLE && error.reason().isEmpty()) {
      connection.broken(channel);
    }
    return error;
  }

  /** Completes a future with the one answer of a call. */
  private final class Answering<R> implements StreamObserver<R> {
    private final ManagedChannel channel;
    private final CompletableFuture<R> response;

    Answering(ManagedChannel channel, CompletableFuture<R> response) {
      this.channel = channel;
      this.response = response;
    }

    @Override
    public void onNext(R value) {
      response.complete(value);
    }

    @Override
    public void onError(Throwable thrown) {
      response.completeExceptionally(lost(channel, thrown));
    }

    @Override
    public void onCompleted() {
      // A call that ends well without an answer is a fault of the bus; after an answer this does
      // nothing.
      response.completeExceptionally(Errors.missing("response"));
    }
  }
}
