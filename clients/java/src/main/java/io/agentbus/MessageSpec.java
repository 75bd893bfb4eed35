package io.agentbus;

import com.google.protobuf.ByteString;
import io.agentbus.internal.wire.JsonStruct;
import io.agentbus.internal.wire.Times;
import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.Recipient;
import io.agentbus.v1.RetryPolicy;
import io.agentbus.v1.Routing;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/**
 * What messages and tasks on their way out have in common. Every method changes the object and
 * returns it. What is sent is what it says at that moment. Not thread-safe.
 *
 * @param <S> the type itself
 */
public abstract sealed class MessageSpec<S extends MessageSpec<S>>
    permits OutgoingMessage, NewTask {
  final Envelope.Builder envelope = Envelope.newBuilder();

  MessageSpec(Recipient recipient) {
    envelope.setRecipient(recipient);
  }

  abstract S self();

  Routing.Builder routing() {
    return envelope.getRoutingBuilder();
  }

  /**
   * The content as a JSON object.
   *
   * @param payload see {@link Content#json}
   * @return this
   * @throws AgentbusException INVALID_ARGUMENT if it is not JSON, or has a number that would be
   *     changed on the way
   */
  public S payload(Map<String, ?> payload) {
    envelope.setPayload(JsonStruct.toStruct(payload)).clearContentType();
    return self();
  }

  /**
   * The content as bytes.
   *
   * @param data the bytes, which are copied
   * @param contentType their media type; at most 255 bytes
   * @return this
   */
  public S data(byte[] data, String contentType) {
    envelope.setData(ByteString.copyFrom(data)).setContentType(contentType);
    return self();
  }

  /**
   * The content, such as that of another message.
   *
   * @param content default: none
   * @return this
   */
  public S content(Content content) {
    if (content.isJson()) {
      return payload(content.payload());
    }
    if (content.isData()) {
      return data(content.data(), content.contentType());
    }
    envelope.clearContent().clearContentType();
    return self();
  }

  /**
   * How urgent it is.
   *
   * @param priority default {@link Priority#MEDIUM}
   * @return this
   */
  public S priority(Priority priority) {
    envelope.setPriority(Vocabulary.PRIORITIES.toProto(priority));
    return self();
  }

  /**
   * The workflow step it belongs to.
   *
   * @param step default: the workflow chooses
   * @return this
   */
  public S step(String step) {
    envelope.setStep(step);
    return self();
  }

  /**
   * The task that caused this one. A handler's {@link Task#delegate} names it by itself.
   *
   * @param taskId default: none
   * @return this
   */
  public S parentTaskId(String taskId) {
    envelope.setParentTaskId(taskId);
    return self();
  }

  /**
   * Time for one attempt of a task, from the moment that its assignee is asked.
   *
   * @param timeout above 0, at most 7 days; default: no bound
   * @return this
   */
  public S timeout(Duration timeout) {
    routing().setTimeout(Times.toProto(timeout));
    return self();
  }

  /**
   * How often a failed attempt of a task is repeated, at once.
   *
   * @param maxRetries attempts after the first, 0 to 100; default 0
   * @return this
   */
  public S retries(int maxRetries) {
    routing().getRetryPolicyBuilder().setMaxRetries(maxRetries);
    return self();
  }

  /**
   * How often and when a failed attempt of a task is repeated.
   *
   * @param maxRetries attempts after the first, 0 to 100; default 0
   * @param backoff how the wait grows
   * @param initialDelay wait before the first retry, up to 1 day
   * @param maxDelay longest wait, up to 1 day
   * @return this
   */
  public S retries(
      int maxRetries, BackoffPolicy backoff, Duration initialDelay, Duration maxDelay) {
    routing()
        .setRetryPolicy(
            RetryPolicy.newBuilder()
                .setMaxRetries(maxRetries)
                .setBackoff(Vocabulary.BACKOFFS.toProto(backoff))
                .setInitialDelay(Times.toProto(initialDelay))
                .setMaxDelay(Times.toProto(maxDelay)));
    return self();
  }

  /**
   * Agents to ask in turn when attempts are exhausted.
   *
   * @param agentIds at most 16, each once; default: none
   * @return this
   */
  public S fallbackAgents(Collection<String> agentIds) {
    routing().clearFallbackAgents().addAllFallbackAgents(agentIds);
    return self();
  }

  /**
   * When it loses its use.
   *
   * @param moment by the clock of the bus; default: never
   * @return this
   */
  public S expiresAt(Instant moment) {
    routing().setExpiresAt(Times.toTimestamp(moment));
    return self();
  }

  /**
   * A word about it that is not its content.
   *
   * @param key 1 to 128 bytes; {@code traceparent} carries W3C Trace Context
   * @param value at most 4,096 bytes
   * @return this
   */
  public S metadata(String key, String value) {
    envelope.putMetadata(key, value);
    return self();
  }

  /**
   * The contract's form of what was said so far, for whoever works with the stubs: without a
   * sender, and without an id if none was chosen.
   *
   * @return a copy
   */
  public Envelope toEnvelope() {
    return envelope.build();
  }
}
