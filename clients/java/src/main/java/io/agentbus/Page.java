package io.agentbus;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A part of a list that may be long.
 *
 * @param <T> what is listed
 */
public interface Page<T> {
  /**
   * What is on this page.
   *
   * @return unmodifiable
   */
  List<T> items();

  /**
   * Whether this page is the last one.
   *
   * @return true if nothing follows
   */
  boolean isLast();

  /**
   * Fetches the next page.
   *
   * @return the page; an empty one after the last
   */
  CompletableFuture<Page<T>> next();

  /**
   * Fetches all pages that follow, one after the other.
   *
   * @return what is on this page and on those
   */
  default CompletableFuture<List<T>> all() {
    if (isLast()) {
      return CompletableFuture.completedFuture(items());
    }
    return next()
        .thenCompose(Page::all)
        .thenApply(
            rest -> {
              List<T> all = new ArrayList<>(items());
              all.addAll(rest);
              return List.copyOf(all);
            });
  }
}
