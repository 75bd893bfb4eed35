package io.agentbus;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A session as its orchestrator or a member works with it. */
public interface Session extends Delegator {
  /**
   * Its name.
   *
   * @return the session id
   */
  String id();

  /**
   * Reads it.
   *
   * @return the session as it is on disk
   */
  CompletableFuture<SessionInfo> get();

  /**
   * Adds an agent to the roster. For the orchestrator.
   *
   * @param participant who, in which role
   * @return the session after the change
   */
  CompletableFuture<SessionInfo> addParticipant(Participant participant);

  /**
   * Removes an agent from the roster.
   *
   * @param agentId who
   * @return the session after the change
   */
  CompletableFuture<SessionInfo> removeParticipant(String agentId);

  /**
   * Says where the workflow stands; steps that are not named keep their status. For the
   * orchestrator.
   *
   * @param currentStep empty for none
   * @param completedSteps those that are done
   * @param pendingSteps those that have not started
   * @return the session after the change
   */
  CompletableFuture<SessionInfo> updateWorkflow(
      String currentStep, Collection<String> completedSteps, Collection<String> pendingSteps);

  /**
   * Merges a JSON merge patch (RFC 7396) into the shared context: null removes a key.
   *
   * @param patch what changes
   * @return the session after the change
   */
  CompletableFuture<SessionInfo> mergeSharedContext(Map<String, ?> patch);

  /**
   * Merges as {@link #mergeSharedContext(Map)}, unless somebody was faster.
   *
   * @param patch what changes
   * @param expectedRevision the revision that the change was made for
   * @return the session after the change; fails with CONTEXT_REVISION_MISMATCH, whose facts name
   *     the actual revision
   */
  CompletableFuture<SessionInfo> mergeSharedContext(Map<String, ?> patch, long expectedRevision);

  /**
   * Replaces the shared context.
   *
   * @param context the whole context from now on
   * @return the session after the change
   */
  CompletableFuture<SessionInfo> replaceSharedContext(Map<String, ?> context);

  /**
   * Replaces as {@link #replaceSharedContext(Map)}, unless somebody was faster.
   *
   * @param context the whole context from now on
   * @param expectedRevision the revision that the change was made for
   * @return the session after the change; fails with CONTEXT_REVISION_MISMATCH, whose facts name
   *     the actual revision
   */
  CompletableFuture<SessionInfo> replaceSharedContext(
      Map<String, ?> context, long expectedRevision);

  /**
   * Ends the session as planned. For the orchestrator.
   *
   * @param summary what was achieved; at most 64 KiB
   * @param artifacts where the results are, as URIs
   * @return the session after the change
   */
  CompletableFuture<SessionInfo> complete(String summary, String... artifacts);

  /**
   * Breaks the session off. For the orchestrator.
   *
   * @param reason why, in a word that programs can compare; 1 to 128 bytes
   * @param details why, for people; may be empty
   * @return the session after the change
   */
  CompletableFuture<SessionInfo> terminate(String reason, String details);

  /**
   * Asks everybody in a role, or all participants, to do a task: each gets one of its own, all of
   * them or none. Repeats itself as {@link #delegate} does.
   *
   * @param task made by {@link NewTask#toRole} or {@link NewTask#toAllParticipants}
   * @return the tasks, in the order of the roster, when the bus has them on disk
   */
  CompletableFuture<List<DelegatedTask>> delegateToAll(NewTask task);

  /**
   * Sends any other message in the session. Repeats itself as {@link #delegate} does.
   *
   * @param message what to send
   * @return completes when it is on disk
   */
  CompletableFuture<Sent> send(OutgoingMessage message);

  /**
   * Lists the session's tasks in the order in which they were delegated, without their results.
   *
   * @param query which ones
   * @return the first page
   */
  CompletableFuture<Page<TaskInfo>> tasks(TaskQuery query);

  /**
   * Makes one result of the answers to the session's tasks, and a summary. Changes nothing.
   *
   * @param method how the answers become one
   * @param roleOrder roles in order of precedence, for {@link
   *     AggregationMethod#SPECIALIST_PRIORITY}
   * @return the result
   */
  CompletableFuture<Aggregation> aggregate(AggregationMethod method, String... roleOrder);

  /**
   * Follows the session from its beginning, see {@link #watch(long, Consumer)}.
   *
   * @param listener called with one event after the other
   * @return to wait for its end, or to end it
   */
  default Watch watch(Consumer<SessionEvent> listener) {
    return watch(0, listener);
  }

  /**
   * Follows the session until it has ended: each event once, in order, across lost connections.
   *
   * @param afterSequence sequence of the last event that the program has; 0 for all events
   * @param listener called with one event after the other, on a thread where it may block
   * @return to wait for its end, or to end it
   */
  Watch watch(long afterSequence, Consumer<SessionEvent> listener);
}
