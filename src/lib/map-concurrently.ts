/** Maps in order, with at most `concurrency` calls under way. Rejects with the first error. */
export async function mapConcurrently<In, Out>(
  items: readonly In[],
  concurrency: number,
  map: (item: In) => Promise<Out>,
): Promise<Out[]> {
  const results = new Array<Out>(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await map(items[index] as In);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
