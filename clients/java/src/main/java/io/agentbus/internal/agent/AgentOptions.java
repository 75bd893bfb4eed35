package io.agentbus.internal.agent;

import io.agentbus.AgentStatus;
import io.agentbus.v1.Hello;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * What an agent is made of.
 *
 * @param channels opens a connection that carries the key; one for each stream
 * @param address where they lead, for people
 * @param hello what the agent says of itself; whether it takes mail is added
 * @param connectTimeout until the first welcome; zero for forever
 * @param handlers what it does with its mail
 * @param onStatus hears of each change of the connection; null for nobody
 * @param executor runs handlers; null for the usual one
 * @param random draws the waits of backoffs, from 0 (inclusive) to 1 (exclusive)
 */
public record AgentOptions(
    Supplier<ManagedChannel> channels,
    String address,
    Hello hello,
    Duration connectTimeout,
    Handlers handlers,
    Consumer<AgentStatus> onStatus,
    Executor executor,
    DoubleSupplier random) {}
