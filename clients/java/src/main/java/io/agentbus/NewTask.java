package io.agentbus;

import io.agentbus.v1.MessageType;
import io.agentbus.v1.Recipient;
import io.agentbus.v1.ReplyMode;

/**
 * A task on its way to an agent.
 *
 * <p>Whoever delegates by an {@link Orchestrator} or a {@link Session} follows events or asks for
 * the task, and reads no mailbox, where answers would pile up: they stay in the session. An agent
 * that delegates a part of its own task reads its mailbox, and the answer comes to its message
 * handler.
 */
public final class NewTask extends MessageSpec<NewTask> {
  private NewTask(Recipient.Builder recipient) {
    super(recipient.build());
    envelope.setMessageType(MessageType.MESSAGE_TYPE_TASK_REQUEST);
  }

  /**
   * A task for one agent.
   *
   * @param agentId such as {@code codex://frontend}
   * @return the task
   */
  public static NewTask to(String agentId) {
    return new NewTask(Recipient.newBuilder().setAgentId(agentId));
  }

  /**
   * A task for the least busy agent that has a capability.
   *
   * @param capability 1 to 128 bytes
   * @return the task
   */
  public static NewTask toCapability(String capability) {
    return new NewTask(Recipient.newBuilder().setCapability(capability));
  }

  /**
   * A task for every participant of the session with a role, but the sender: one for each, see
   * {@link Session#delegateToAll}.
   *
   * @param role 1 to 64 bytes
   * @return the task
   */
  public static NewTask toRole(String role) {
    return new NewTask(Recipient.newBuilder().setRole(role));
  }

  /**
   * A task for all participants of the session but the sender: one for each, see {@link
   * Session#delegateToAll}.
   *
   * @return the task
   */
  public static NewTask toAllParticipants() {
    return new NewTask(Recipient.newBuilder().setAllParticipants(true));
  }

  @Override
  NewTask self() {
    return this;
  }

  /**
   * Name of the task. Delegating again under the same name and content changes nothing.
   *
   * @param taskId unique in the session, and among all messages that the delegator sends within 24
   *     hours; default: a new one
   * @return this
   */
  public NewTask taskId(String taskId) {
    envelope.setMessageId(taskId);
    return this;
  }

  /**
   * Whether the answer, reports of progress and the bus's own news about the task go into the
   * mailbox of whoever delegates it, beside the session's events.
   *
   * @param toMailbox default: true for what a handler delegates, false for orchestrators
   * @return this
   */
  public NewTask repliesToMailbox(boolean toMailbox) {
    routing().setReplyMode(toMailbox ? ReplyMode.REPLY_MODE_MAILBOX : ReplyMode.REPLY_MODE_SESSION);
    return this;
  }
}
