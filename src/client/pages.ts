/** Yields the items of a paged list, asking for the next page only when it is needed. */
export async function* pages<Item>(
  fetchPage: (pageToken: string) => Promise<{ items: Item[]; nextPageToken: string }>,
): AsyncGenerator<Item, void, undefined> {
  let pageToken = '';
  do {
    const page = await fetchPage(pageToken);
    yield* page.items;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}
