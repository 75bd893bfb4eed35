package io.agentbus.internal.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agentbus.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Goal: a list is whole, in order, and fetched no further than asked. Method: three pages. */
class PagingTest {
  private final Map<String, Paging.Answer<Integer>> pages =
      Map.of(
          "", new Paging.Answer<>(List.of(1, 2), "b"),
          "b", new Paging.Answer<>(List.of(), "c"),
          "c", new Paging.Answer<>(List.of(3), ""));
  private final List<String> fetched = new ArrayList<>();

  private final Page<Integer> first =
      Paging.first(
              token -> {
                fetched.add(token);
                return CompletableFuture.completedFuture(pages.get(token));
              })
          .join();

  @Test
  void fetchesOnePageAtATime() {
    assertEquals(List.of(1, 2), first.items());
    assertFalse(first.isLast());
    assertEquals(List.of(""), fetched);
    assertEquals(List.of(), first.next().join().items());
    assertEquals(List.of("", "b"), fetched);
  }

  @Test
  void fetchesWhatIsLeft() {
    assertEquals(List.of(1, 2, 3), first.all().join());
    assertEquals(List.of("", "b", "c"), fetched);
  }

  @Test
  void isEmptyAfterTheLastPage() {
    Page<Integer> last = first.next().join().next().join();
    assertTrue(last.isLast());
    assertEquals(List.of(), last.next().join().items());
  }
}
