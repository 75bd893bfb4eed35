package io.agentbus.internal.agent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.agentbus.AgentStatus;
import io.agentbus.v1.AgentDescriptor;
import io.agentbus.v1.AgentServiceGrpc;
import io.agentbus.v1.AgentStreamRequest;
import io.agentbus.v1.AgentStreamResponse;
import io.agentbus.v1.Delivery;
import io.agentbus.v1.DeliveryFrame;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.ErrorStatus;
import io.agentbus.v1.Hello;
import io.agentbus.v1.MessageType;
import io.agentbus.v1.SendAccepted;
import io.agentbus.v1.SendResult;
import io.agentbus.v1.SendResultFrame;
import io.agentbus.v1.Sender;
import io.agentbus.v1.SettleResultFrame;
import io.agentbus.v1.StreamLimits;
import io.agentbus.v1.Welcome;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A bus whose every frame the test decides. */
final class ScriptedBus extends AgentServiceGrpc.AgentServiceImplBase implements AutoCloseable {
  private final String name = UUID.randomUUID().toString();
  private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  private final Server server;

  ScriptedBus() throws IOException {
    server = InProcessServerBuilder.forName(name).addService(this).build().start();
  }

  /** An agent on this bus, which waits for nothing before it tries again. */
  AgentClient agent(Handlers handlers) {
    return agent(handlers, status -> {}, null);
  }

  AgentClient agent(Handlers handlers, Consumer<AgentStatus> onStatus, Executor executor) {
    Hello hello =
        Hello.newBuilder()
            .setAgent(AgentDescriptor.newBuilder().setAgentId("java://worker"))
            .setInstanceId("i")
            .setMaxInFlight(4)
            .setConfirmSettlements(true)
            .build();
    AgentClient agent =
        new AgentClient(
            new AgentOptions(
                this::channel,
                "inprocess",
                hello,
                Duration.ZERO,
                handlers,
                onStatus,
                executor,
                () -> 0));
    agent.start();
    return agent;
  }

  private ManagedChannel channel() {
    return InProcessChannelBuilder.forName(name).build();
  }

  /** The next stream that the agent opens, which has said hello. */
  Stream hello() throws InterruptedException {
    Stream stream = streams.poll(10, TimeUnit.SECONDS);
    stream.expect(AgentStreamRequest::hasHello);
    return stream;
  }

  /** The next stream that the agent opens, welcomed. */
  Stream welcome(Duration heartbeat) throws InterruptedException {
    Stream stream = hello();
    stream.say(
        AgentStreamResponse.newBuilder()
            .setWelcome(
                Welcome.newBuilder()
                    .setHeartbeatInterval(
                        com.google.protobuf.Duration.newBuilder()
                            .setSeconds(heartbeat.getSeconds())
                            .setNanos(heartbeat.getNano()))
                    .setLimits(
                        StreamLimits.newBuilder()
                            .setLease(com.google.protobuf.Duration.newBuilder().setSeconds(30)))));
    return stream;
  }

  Stream welcome() throws InterruptedException {
    return welcome(Duration.ofSeconds(15));
  }

  @Override
  public StreamObserver<AgentStreamRequest> agentStream(
      StreamObserver<AgentStreamResponse> responses) {
    Stream stream = new Stream(responses);
    streams.add(stream);
    return stream;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** One stream, as the bus sees it. */
  static final class Stream implements StreamObserver<AgentStreamRequest> {
    private final StreamObserver<AgentStreamResponse> responses;
    private final BlockingQueue<AgentStreamRequest> frames = new LinkedBlockingQueue<>();

    Stream(StreamObserver<AgentStreamResponse> responses) {
      this.responses = responses;
    }

    void say(AgentStreamResponse.Builder frame) {
      responses.onNext(frame.build());
    }

    /** The next frame that is of a kind; others are passed over. */
    AgentStreamRequest expect(Predicate<AgentStreamRequest> kind) throws InterruptedException {
      for (; ; ) {
        AgentStreamRequest frame = frames.poll(10, TimeUnit.SECONDS);
        if (frame == null) {
          throw new AssertionError("the agent said nothing like that in time");
        }
        if (kind.test(frame)) {
          return frame;
        }
      }
    }

    /** Hands over a task. */
    void deliver(String deliveryId, String taskId, long acceptedSeconds) {
      deliver(task(deliveryId, taskId, acceptedSeconds));
    }

    /** Hands over messages in one frame. */
    void deliver(Delivery... deliveries) {
      say(
          AgentStreamResponse.newBuilder()
              .setDelivery(DeliveryFrame.newBuilder().addAllDeliveries(List.of(deliveries))));
    }

    static Delivery task(String deliveryId, String taskId, long acceptedSeconds) {
      return Delivery.newBuilder()
          .setDeliveryId(deliveryId)
          .setAttempt(1)
          .setAcceptedTime(Timestamp.newBuilder().setSeconds(acceptedSeconds))
          .setMessage(
              Envelope.newBuilder()
                  .setMessageId(taskId)
                  .setSender(Sender.newBuilder().setAgentId("java://boss"))
                  .setMessageType(MessageType.MESSAGE_TYPE_TASK_REQUEST))
          .build();
    }

    /** Confirms that deliveries are settled or kept. */
    void confirm(String... deliveryIds) {
      say(
          AgentStreamResponse.newBuilder()
              .setSettleResult(
                  SettleResultFrame.newBuilder().addAllDeliveryIds(List.of(deliveryIds))));
    }

    /** The next message that the agent sends. */
    Envelope expectMessage() throws InterruptedException {
      return expect(AgentStreamRequest::hasSend).getSend().getMessages(0);
    }

    void accept(String messageId) {
      say(
          AgentStreamResponse.newBuilder()
              .setSendResult(
                  SendResultFrame.newBuilder()
                      .addResults(
                          SendResult.newBuilder()
                              .setMessageId(messageId)
                              .setAccepted(SendAccepted.getDefaultInstance()))));
    }

    void refuse(String messageId) {
      say(
          AgentStreamResponse.newBuilder()
              .setSendResult(
                  SendResultFrame.newBuilder()
                      .addResults(
                          SendResult.newBuilder()
                              .setMessageId(messageId)
                              .setError(ErrorStatus.newBuilder().setCode(3).setMessage("no")))));
    }

    void stale(String deliveryId) {
      say(
          AgentStreamResponse.newBuilder()
              .setSettleResult(SettleResultFrame.newBuilder().addStaleDeliveryIds(deliveryId)));
    }

    void breakOff() {
      responses.onError(Status.UNAVAILABLE.asRuntimeException());
    }

    @Override
    public void onNext(AgentStreamRequest frame) {
      try {
        // Nothing is encoded on the way inside of a process, and envelopes are put into frames as
        // bytes.
        frames.add(AgentStreamRequest.parseFrom(frame.toByteString()));
      } catch (InvalidProtocolBufferException damaged) {
        throw new AssertionError(damaged);
      }
    }

    @Override
    public void onError(Throwable thrown) {
      // The agent went away, which each of these tests ends with.
      frames.clear();
    }

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }
}
