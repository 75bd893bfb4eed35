package io.agentbus.internal.calls;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The connection to the bus, which is opened anew after it broke. gRPC would open it again by
 * itself, but fails calls with the old error until it has, and waits by its own rule before it
 * tries. Thread-safe.
 */
final class Connection extends Channel {
  private final Supplier<ManagedChannel> channels;
  private final ReentrantLock lock = new ReentrantLock();
  private ManagedChannel current;
  private boolean isClosed;

  Connection(Supplier<ManagedChannel> channels) {
    this.channels = channels;
    current = channels.get();
  }

  /** What calls are made on now. */
  ManagedChannel current() {
    lock.lock();
    try {
      return current;
    } finally {
      lock.unlock();
    }
  }

  /** A call could not reach the bus on this channel: the next ones are made on another. */
  void broken(ManagedChannel channel) {
    lock.lock();
    try {
      if (isClosed || channel != current) {
        return;
      }
      current = channels.get();
    } finally {
      lock.unlock();
    }
    // Calls that hold all the same go on.
    channel.shutdown();
  }

  /** Ends all calls on the current channel, and does not open another. */
  void close() {
    lock.lock();
    try {
      isClosed = true;
    } finally {
      lock.unlock();
    }
    current.shutdownNow();
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    return current().newCall(method, options);
  }

  @Override
  public String authority() {
    return current().authority();
  }
}
