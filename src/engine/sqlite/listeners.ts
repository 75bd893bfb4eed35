/** Who wants to hear of something. */
export interface Listeners<News> {
  /** Returns the way to stop it. */
  add(listener: (news: News) => void): () => void;
  tell(news: News): void;
}

export function createListeners<News>(): Listeners<News> {
  const listeners = new Set<(news: News) => void>();
  return {
    add(listener) {
      const own = (news: News): void => listener(news);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    tell(news) {
      for (const listener of listeners) listener(news);
    },
  };
}
