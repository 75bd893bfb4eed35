package io.agentbus.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs each task at once, on as many threads as that takes. Of tasks that come together only the
 * first wakes a thread, and a thread that finds more wakes the next one: short tasks share few
 * threads, those that block hold no others up, and whoever hands tasks over does not pay for all
 * the waking.
 */
final class ElasticExecutor implements Executor {
  private final ThreadFactory threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  /** Threads without a task. Who was busy last is woken first, as it is still warm. */
  private final Deque<Worker> idle = new ArrayDeque<>();

  /** A thread is on its way to the tasks. True whenever there are any, and threads to be had. */
  private boolean isAwaited;

  ElasticExecutor(ThreadFactory threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    lock.lock();
    try {
      tasks.add(task);
      try {
        callWorker();
      } catch (Throwable noMoreThreads) {
        tasks.remove(task);
        throw noMoreThreads;
      }
    } finally {
      lock.unlock();
    }
  }

  /** With the lock held. */
  private void callWorker() {
    if (isAwaited || tasks.isEmpty()) {
      return;
    }
    Worker worker = idle.pollFirst();
    if (worker == null) {
      threads.newThread(new Worker()).start();
    } else {
      worker.isCalled = true;
      worker.called.signal();
    }
    isAwaited = true;
  }

  /** One thread. */
  private final class Worker implements Runnable {
    private final Condition called = lock.newCondition();
    private boolean isCalled = true;

    @Override
    public void run() {
      for (Runnable task = next(); task != null; task = next()) {
        try {
          task.run();
        } catch (Throwable thrown) {
          Thread current = Thread.currentThread();
          current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
        }
        // Whoever interrupted the task is done with it.
        Thread.interrupted();
      }
    }

    /** The next task; null when there was none for long. */
    private Runnable next() {
      lock.lock();
      try {
        for (; ; ) {
          if (isCalled) {
            isCalled = false;
            isAwaited = false;
          }
          Runnable task = tasks.poll();
          if (task != null) {
            callAnother();
            return task;
          }
          if (!await()) {
            return null;
          }
        }
      } finally {
        lock.unlock();
      }
    }

    private void callAnother() {
      try {
        callWorker();
      } catch (OutOfMemoryError noMoreThreads) {
        // The system has none to give: this one comes back for the tasks, if no other does.
        isAwaited = false;
      }
    }

    private boolean await() {
      idle.addFirst(this);
      long leftNanos = Limits.IDLE_THREAD.toNanos();
      while (!isCalled && leftNanos > 0) {
        try {
          leftNanos = called.awaitNanos(leftNanos);
        } catch (InterruptedException nobodys) {
          // It was meant for a task that has ended.
          continue;
        }
      }
      return isCalled || !idle.remove(this);
    }
  }
}
