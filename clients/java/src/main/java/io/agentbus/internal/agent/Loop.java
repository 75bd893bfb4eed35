package io.agentbus.internal.agent;

import io.agentbus.internal.Limits;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

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
  private volatile boolean isParked;
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
   * @param afterEnd called on the thread when the loop was stopped
   */
  Loop(String name, Runnable afterBatch, Runnable afterEnd) {
    this.afterBatch = afterBatch;
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
    if (isParked) {
      LockSupport.unpark(thread);
    }
  }

  /** From the loop only. */
  Timer schedule(Duration delay, Runnable task) {
    Timer timer = new Timer(System.nanoTime() + Math.max(delay.toNanos(), 0), task);
    timers.add(timer);
    return timer;
  }

  private void run() {
    while (!isStopped) {
      runBatch();
      fireTimers();
      afterBatch.run();
      if (tasks.isEmpty() && !isStopped) {
        park();
      }
    }
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
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
    isParked = true;
    // Looked at after the flag is up: whoever adds a task sees the flag, or this sees the task.
    if (tasks.isEmpty()) {
      Timer next = timers.peek();
      if (next == null) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, Math.max(next.dueNanos - System.nanoTime(), 1));
      }
    }
    isParked = false;
    // An interrupt means nothing here, and would keep the thread from parking ever again.
    Thread.interrupted();
  }
}
