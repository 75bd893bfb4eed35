import { EventEmitter } from 'node:events';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Bus } from '../bus/bus.ts';
import { BusError } from '../bus/bus-error.ts';
import {
  addParticipant,
  changeSharedContext,
  completeSession,
  type Decide,
  removeParticipant,
  terminateSession,
  updateWorkflow,
} from '../bus/session/commands.ts';
import { type SessionManagerEvents, typeOf, viewEvent } from './session-manager-event.ts';
import {
  addRequest,
  type CompletionInput,
  completeRequest,
  createRequest,
  type ParticipantInput,
  removeRequest,
  replaceContextRequest,
  type TerminationInput,
  terminateRequest,
  type WorkflowPosition,
  type WorkflowStepInput,
  workflowRequest,
} from './session-requests.ts';
import { type SessionView, viewSession } from './session-view.ts';

/**
 * The sessions of an embedded bus, without waiting: each call is decided at once, against
 * memory, and is on disk a moment later. Events are emitted when they are on disk;
 * `CommunicationBus.flush()` and `stop()` wait for it.
 *
 * The program that embeds the bus is trusted: it changes any session, in the orchestrator's
 * name. Every call throws a BusError for bad input, an unknown session or an ended one, and changes
 * nothing then.
 */
export class SessionManager extends EventEmitter<SessionManagerEvents> {
  readonly #bus: Bus;
  readonly #unsubscribe: () => void;

  constructor(bus: Bus) {
    super();
    this.#bus = bus;
    this.#unsubscribe = bus.onSessionEvent((event, session) => {
      // Most programs listen to few types or none, and a view of a large session is a large copy.
      if (this.listenerCount(typeOf(event)) === 0) return;
      const view = { ...viewEvent(event), session: viewSession(session) };
      // From a microtask of its own, so that a listener that throws is the program's fault and not the store's.
      queueMicrotask(() => this.emit(view.type, view));
    });
  }

  /** Opens a session and returns its id. */
  // biome-ignore lint/complexity/useMaxParams: the tutorial calls it with four.
  createSession(
    orchestrator: string,
    participants: readonly ParticipantInput[],
    steps: readonly WorkflowStepInput[] = [],
    sharedContext: JsonObject = {},
  ): string {
    const request = createRequest({ orchestrator, participants, steps, shared_context: sharedContext });
    return this.#bus.sessionsNow.create(request, orchestrator).sessionId;
  }

  /** A session that is under way or ended lately; undefined for any other. */
  getSession(sessionId: string): SessionView | undefined {
    const session = this.#bus.sessionsNow.get(sessionId);
    return session && viewSession(session);
  }

  addParticipant(sessionId: string, participant: ParticipantInput): SessionView {
    return this.#change(sessionId, addParticipant(addRequest(sessionId, participant)));
  }

  removeParticipant(sessionId: string, agentId: string): SessionView {
    return this.#change(sessionId, removeParticipant(removeRequest(sessionId, agentId)));
  }

  updateWorkflow(sessionId: string, position: WorkflowPosition): SessionView {
    return this.#change(sessionId, updateWorkflow(workflowRequest(sessionId, position)));
  }

  /** Replaces the shared context. */
  updateSharedContext(sessionId: string, sharedContext: JsonObject): SessionView {
    return this.#change(sessionId, changeSharedContext(replaceContextRequest(sessionId, sharedContext)));
  }

  /** Ends a session as planned. Returns whether this call ended it: false if it had ended before. */
  completeSession(sessionId: string, completion: CompletionInput): boolean {
    return this.#end(sessionId, completeSession(completeRequest(sessionId, completion)));
  }

  /** Breaks a session off. Returns whether this call ended it: false if it had ended before. */
  terminateSession(sessionId: string, termination: TerminationInput): boolean {
    return this.#end(sessionId, terminateSession(terminateRequest(sessionId, termination)));
  }

  /** Stops emitting; the bus calls it when it stops. */
  close(): void {
    this.#unsubscribe();
  }

  #change(sessionId: string, decide: Decide): SessionView {
    const actor = this.#bus.sessionsNow.get(sessionId)?.orchestrator ?? '';
    return viewSession(this.#bus.sessionsNow.change(sessionId, actor, decide));
  }

  /** That a session has ended is what the caller wants, so that a second ending is no error here. */
  #end(sessionId: string, decide: Decide): boolean {
    try {
      this.#change(sessionId, decide);
      return true;
    } catch (error) {
      if (error instanceof BusError && error.reason === 'SESSION_ENDED') return false;
      throw error;
    }
  }
}
