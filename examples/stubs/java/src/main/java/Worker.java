import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.agentbus.v1.AckFrame;
import io.agentbus.v1.AgentDescriptor;
import io.agentbus.v1.AgentServiceGrpc;
import io.agentbus.v1.AgentStreamRequest;
import io.agentbus.v1.AgentStreamResponse;
import io.agentbus.v1.ClientHeartbeat;
import io.agentbus.v1.Delivery;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.Hello;
import io.agentbus.v1.MessageType;
import io.agentbus.v1.Recipient;
import io.agentbus.v1.SendFrame;
import io.agentbus.v1.SendResult;
import io.agentbus.v1.Sender;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * An agent without a client library: nothing but the stubs that are generated from the contract,
 * and gRPC. It does one task at a time and does not connect again; the client in clients/java does
 * both better.
 *
 * <p>{@code mvn -q package && java -cp 'target/classes:target/lib/*' Worker} runs it.
 */
public final class Worker implements StreamObserver<AgentStreamResponse> {
  private final String agentId = setting("AGENT_ID", "java://stub");

  /** Does everything: a stream takes frames from one thread at a time. */
  private final ScheduledThreadPoolExecutor loop = new ScheduledThreadPoolExecutor(1);

  /** Answers that are on their way, and the deliveries that they will settle. */
  private final Map<String, String> answers = new HashMap<>();

  private final StreamObserver<AgentStreamRequest> bus;

  public static void main(String[] arguments) {
    URI address = URI.create(setting("AGENT_BUS_URL", "http://127.0.0.1:8080"));
    // When the process ends, on SIGTERM as well, its connection does, and the bus gives what it had
    // in hand to another.
    new Worker(
        Grpc.newChannelBuilderForAddress(
                address.getHost(), address.getPort(), InsecureChannelCredentials.create())
            .build());
  }

  private Worker(ManagedChannel channel) {
    // It keeps the program alive from now on, and not from the first frame: gRPC's own threads are daemons.
    loop.prestartCoreThread();
    // Every call says who calls.
    Metadata caller = new Metadata();
    caller.put(header("authorization"), "Bearer " + setting("AGENT_BUS_API_KEY", ""));
    caller.put(header("x-agent-id"), agentId);
    bus =
        AgentServiceGrpc.newStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(caller))
            .withExecutor(loop)
            .agentStream(this);
    // The first frame says who we are, and how many messages we take at a time.
    Hello hello =
        Hello.newBuilder()
            .setAgent(AgentDescriptor.newBuilder().setAgentId(agentId))
            .setInstanceId("stub-" + ProcessHandle.current().pid())
            .setMaxInFlight(1)
            .build();
    bus.onNext(AgentStreamRequest.newBuilder().setHello(hello).build());
  }

  @Override
  public void onNext(AgentStreamResponse frame) {
    if (frame.hasWelcome()) {
      // The bus says how often it wants to hear of us; half of that leaves time for a late one.
      var interval = frame.getWelcome().getHeartbeatInterval();
      long beatMs = (interval.getSeconds() * 1_000 + interval.getNanos() / 1_000_000) / 2;
      loop.scheduleAtFixedRate(this::beat, beatMs, beatMs, TimeUnit.MILLISECONDS);
      System.out.println("ready");
    }
    frame.getSendResult().getResultsList().forEach(this::settle);
    frame.getDelivery().getDeliveriesList().forEach(this::receive);
  }

  private void beat() {
    bus.onNext(
        AgentStreamRequest.newBuilder().setHeartbeat(ClientHeartbeat.getDefaultInstance()).build());
  }

  private void receive(Delivery delivery) {
    if (delivery.getMessage().getMessageType() != MessageType.MESSAGE_TYPE_TASK_REQUEST) {
      acknowledge(delivery.getDeliveryId());
      return;
    }
    Envelope answer = answer(delivery.getMessage());
    answers.put(answer.getMessageId(), delivery.getDeliveryId());
    bus.onNext(
        AgentStreamRequest.newBuilder()
            .setSend(SendFrame.newBuilder().addMessages(answer))
            .build());
  }

  /**
   * Does a task. The answer has the same id and content each time: should the task come again, it
   * is no second one.
   */
  private Envelope answer(Envelope task) {
    Value text = task.getPayload().getFieldsOrDefault("text", Value.getDefaultInstance());
    Value capitals =
        Value.newBuilder().setStringValue(text.getStringValue().toUpperCase()).build();
    return Envelope.newBuilder()
        .setMessageId("re-" + task.getMessageId())
        .setSender(
            Sender.newBuilder()
                .setAgentId(agentId)
                .setSessionId(task.getSender().getSessionId()))
        .setRecipient(Recipient.newBuilder().setAgentId(task.getSender().getAgentId()))
        .setMessageType(MessageType.MESSAGE_TYPE_TASK_RESPONSE)
        .setCorrelationId(task.getMessageId())
        .setPayload(Struct.newBuilder().putFields("text", capitals))
        .build();
  }

  /** The answer is on disk, now or since an earlier try: the task is done. */
  private void settle(SendResult result) {
    String deliveryId = answers.remove(result.getMessageId());
    if (result.hasError()) {
      // A task that is not settled comes again when its lease is over.
      System.err.println("an answer was refused: " + result.getError().getMessage());
    } else {
      acknowledge(deliveryId);
    }
  }

  private void acknowledge(String deliveryId) {
    bus.onNext(
        AgentStreamRequest.newBuilder()
            .setAck(AckFrame.newBuilder().addDeliveryIds(deliveryId))
            .build());
  }

  @Override
  public void onError(Throwable thrown) {
    System.err.println(thrown.getMessage());
    System.exit(1);
  }

  @Override
  public void onCompleted() {
    System.exit(0);
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static String setting(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }
}
