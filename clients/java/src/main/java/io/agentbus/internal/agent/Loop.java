package io.agentbus.internal.agent;

import io.agentbus.internal.Limits;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The one thread that touches the state of an agent. It does what it is given, one thing after the
 * other, and after each batch lets the agent write: what piles up meanwhile travels together.
 * Nothing that it does blocks.
 */
final class Loop implements Executor {
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final Thread thread;
  private final Runnable afterBatch;
  private final Consumer<Throwable> onFault;
  private final AtomicBoolean isParked = new AtomicBoolean();
  private volatile boolean isStopped;

  /** Something that happens later, unless it is cancelled. */
  static final class Timer implements Comparable<Timer> {
    private final long dueNanos;
    private final Runnable task;
    private boolean isCancelled;

    private Timer(long dueNanos, Runnable task) {
      this.dueNanos = dueNanos;
      this.task = task;
    }

    /** From the loop only. */
    void cancel() {
      isCancelled = true;
    }

    @Override
    public int compareTo(Timer other) {
      return Long.compare(dueNanos - other.dueNanos, 0);
    }
  }

  /**
   * Makes a loop; nothing runs before it is started.
   *
   * @param afterBatch writes; called when nothing more is to be done at the moment
   * @param onFault hears what is thrown, which nothing is meant to be, and stops the loop
   * @param afterEnd called on the thread when the loop was stopped
   */
  Loop(String name, Runnable afterBatch, Consumer<Throwable> onFault, Runnable afterEnd) {
    this.afterBatch = afterBatch;
    this.onFault = onFault;
    // Not a daemon: an agent keeps its program alive.
    thread =
        new Thread(
            () -> {
              run();
              afterEnd.run();
            },
            name);
    thread.setDaemon(false);
  }

  void start() {
    thread.start();
  }

  /** Ends the loop after what was given to it before. From the loop only. */
  void stop() {
    isStopped = true;
  }

  /** From any thread. Fails with RejectedExecutionException when the loop has stopped. */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    // Looked at after the task is in the queue: either the loop sees the task, or this sees the
    // end.
    if (isStopped && tasks.remove(task)) {
      throw new RejectedExecutionException("the agent has left");
    }
    // One of those who find it parked wakes it: that is dear, and one is enough.
    if (isParked.get() && isParked.compareAndSet(true, false)) {
      LockSupport.unpark(thread);
    }
  }

  /** From the loop only. */
  Timer schedule(Duration delay, Runnable task) {
    Timer timer = new Timer(nanosAfter(delay), task);
    timers.add(timer);
    return timer;
  }

  /** The moment after a while, as System.nanoTime tells it. */
  static long nanosAfter(Duration delay) {
    boolean isTooLong = delay.compareTo(Limits.LONGEST_DELAY) > 0;
    return System.nanoTime()
        + (isTooLong ? Limits.LONGEST_DELAY : delay.isNegative() ? Duration.ZERO : delay).toNanos();
  }

  private void run() {
    while (!isStopped) {
      guarded(this::turn);
      if (tasks.isEmpty() && !isStopped) {
        park();
      }
    }
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      guarded(task);
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable fault) {
      isStopped = true;
      onFault.accept(fault);
    }
  }

  private void turn() {
    runBatch();
    fireTimers();
    afterBatch.run();
  }

  private void runBatch() {
    for (int count = 0; count < Limits.MAX_TASKS_A_TURN; count++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      task.run();
    }
  }

  private void fireTimers() {
    long now = System.nanoTime();
    for (Timer timer = timers.peek();
        timer != null && (timer.isCancelled || timer.dueNanos - now <= 0);
        timer = timers.peek()) {
      timers.poll();
      if (!timer.isCancelled) {
        timer.task.run();
      }
    }
  }

  private void park() {
    isParked.set(true);
    // Looked at after the flag is up: whoever adds a task sees the flag, or this sees the task.
    if (tasks.isEmpty()) {
      Timer next = timers.peek();
      if (next == null) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, Math.max(next.dueNanos - System.nanoTime(), 1));
      }
    }
    isParked.set(false);
    // An interrupt means nothing here, and would keep the thread from parking ever again.
    Thread.interrupted();
  }
}
