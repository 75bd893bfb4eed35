package io.agentbus.internal.calls;

import io.agentbus.Page;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A list that is fetched page by page. */
final class Paging<T> {
  /** One page as the bus answers it; an empty token on the last one. */
  record Answer<T>(List<T> items, String nextPageToken) {}

  private final Function<String, CompletableFuture<Answer<T>>> fetch;

  private Paging(Function<String, CompletableFuture<Answer<T>>> fetch) {
    this.fetch = fetch;
  }

  /**
   * Fetches the first page.
   *
   * @param fetch fetches the page of a token, which is empty for the first one
   */
  static <T> CompletableFuture<Page<T>> first(
      Function<String, CompletableFuture<Answer<T>>> fetch) {
    return new Paging<>(fetch).page("");
  }

  private CompletableFuture<Page<T>> page(String token) {
    return fetch.apply(token).thenApply(answer -> new Fetched(answer));
  }

  private final class Fetched implements Page<T> {
    private final Answer<T> answer;

    Fetched(Answer<T> answer) {
      this.answer = answer;
    }

    @Override
    public List<T> items() {
      return answer.items();
    }

    @Override
    public boolean isLast() {
      return answer.nextPageToken().isEmpty();
    }

    @Override
    public CompletableFuture<Page<T>> next() {
      return isLast()
          ? CompletableFuture.completedFuture(new Fetched(new Answer<>(List.of(), "")))
          : page(answer.nextPageToken());
    }
  }
}
