package io.agentbus.internal.agent;

import io.agentbus.AsyncMessageHandler;
import io.agentbus.AsyncTaskHandler;
import io.agentbus.Receipt;
import java.util.function.Consumer;

/**
 * What an agent does with its mail; null for what it does not handle.
 *
 * @param onTask does tasks
 * @param onMessage takes all other messages
 * @param onReceipt hears of messages that were sent
 */
public record Handlers(
    AsyncTaskHandler onTask, AsyncMessageHandler onMessage, Consumer<Receipt> onReceipt) {
  /** Whether any mail is handled. */
  boolean takeMail() {
    return onTask != null || onMessage != null;
  }
}
