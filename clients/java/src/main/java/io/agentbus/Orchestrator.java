package io.agentbus;

import io.grpc.Channel;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A client that opens and leads sessions. Thread-safe. Tasks that are delegated by it, and not by
 * one of its sessions, are outside of sessions.
 */
public interface Orchestrator extends Delegator, AutoCloseable {
  /**
   * Begins an orchestrator client.
   *
   * @param address where the bus is, such as {@code http://127.0.0.1:8080}; {@code https:} for TLS
   * @return a builder that wants a key and an agent id
   */
  static OrchestratorBuilder builder(String address) {
    return new OrchestratorBuilder(address);
  }

  /**
   * The agent it speaks as.
   *
   * @return {@code framework://name}
   */
  String agentId();

  /**
   * Opens a session that this agent leads.
   *
   * @param session what it begins with
   * @return the session, when it is on disk
   */
  CompletableFuture<Session> createSession(NewSession session);

  /**
   * Takes up a session that exists. Asks nothing of the bus: a wrong id shows in the first call.
   *
   * @param sessionId its name
   * @return the session
   */
  Session openSession(String sessionId);

  /**
   * Lists sessions, newest first and without their shared context.
   *
   * @param query which ones, of those that this agent is a member of
   * @return the first page
   */
  CompletableFuture<Page<SessionInfo>> sessions(SessionQuery query);

  /**
   * Lists the registered agents, ascending by id.
   *
   * @param query which ones
   * @return the first page
   */
  CompletableFuture<Page<AgentInfo>> agents(AgentQuery query);

  /**
   * Reads a registered agent.
   *
   * @param agentId {@code framework://name}
   * @return the agent; fails with AGENT_NOT_FOUND
   */
  CompletableFuture<AgentInfo> agent(String agentId);

  /**
   * Where a message that this agent sent is.
   *
   * @param messageId the message
   * @return one entry for each time it was put into a mailbox, oldest first; fails with
   *     MESSAGE_NOT_FOUND if it was never accepted, or longer than 24 hours ago
   */
  CompletableFuture<List<MessageStatus>> messageStatus(String messageId);

  /**
   * The connection, which says who calls, for whoever works with the stubs in {@code
   * io.agentbus.v1}.
   *
   * @return closed with this client
   */
  Channel channel();

  /** Ends what follows sessions and waits for answers, which fails with CANCELLED, and leaves. */
  @Override
  void close();
}
