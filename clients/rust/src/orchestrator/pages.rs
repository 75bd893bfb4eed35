use std::fmt;
use std::vec;

use futures_util::Stream;
use futures_util::stream::try_unfold;

use crate::error::Result;
use crate::handler::BoxFuture;

/// Some items of a list, and the token of the page that follows them; an empty one on the last page.
pub(crate) type Page<T> = (Vec<T>, String);

type FetchPage<T> = Box<dyn Fn(String) -> BoxFuture<Result<Page<T>>> + Send + Sync>;

/// The items of a list, which the bus is asked for page by page, when they are needed.
///
/// ```no_run
/// # async fn list(orchestrator: agentbus::Orchestrator) -> agentbus::Result<()> {
/// use agentbus::{AgentQuery, AgentStatus};
///
/// let mut agents = orchestrator.agents(AgentQuery::new().status(AgentStatus::Online));
/// while let Some(agent) = agents.next().await? {
///     println!("{} has {} messages", agent.agent_id, agent.queued_messages);
/// }
/// # Ok(()) }
/// ```
#[must_use = "nothing is fetched before `next`"]
pub struct Pages<T> {
    fetch: FetchPage<T>,
    items: vec::IntoIter<T>,
    /// Where the next page starts; `None` when there is none.
    next_token: Option<String>,
}

impl<T> Pages<T> {
    pub(crate) fn new<F>(fetch: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>>> + Send + 'static,
    {
        Self {
            fetch: Box::new(move |token| Box::pin(fetch(token))),
            items: Vec::new().into_iter(),
            next_token: Some(String::new()),
        }
    }

    /// The next item; `None` after the last one. The future may be dropped and nothing is lost by it.
    ///
    /// # Errors
    ///
    /// What the bus refuses the list for. After an error the same page is asked for again.
    pub async fn next(&mut self) -> Result<Option<T>> {
        loop {
            if let Some(item) = self.items.next() {
                return Ok(Some(item));
            }
            let Some(token) = &self.next_token else {
                return Ok(None);
            };
            let (items, next_token) = (self.fetch)(token.clone()).await?;
            self.items = items.into_iter();
            self.next_token = (!next_token.is_empty()).then_some(next_token);
        }
    }

    /// The same as a stream, for those who combine streams.
    pub fn into_stream(self) -> impl Stream<Item = Result<T>> + Send
    where
        T: Send,
    {
        try_unfold(self, async |mut pages| {
            let item = pages.next().await?;
            Ok(item.map(|item| (item, pages)))
        })
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("fetched", &self.items.len())
            .field("is_last", &self.next_token.is_none())
            .finish_non_exhaustive()
    }
}

/// Lists by a call of a stub.
macro_rules! listed {
    ($calls:expr, $service:ident, $method:ident, $request:expr, $items:ident => $record:path) => {{
        let (calls, request) = ($calls.clone(), $request);
        Pages::new(move |page_token| {
            let mut request = request.clone();
            request.page_token = page_token;
            let response = repeated!(calls, $service, $method, request);
            async move {
                let page = response.await?;
                let items = page.$items.into_iter().map($record);
                Ok((items.collect(), page.next_page_token))
            }
        })
    }};
}

pub(crate) use listed;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tonic::Code;

    use super::*;
    use crate::error::Error;

    #[tokio::test]
    async fn every_item_comes_once_across_empty_pages_and_errors() {
        let failures = AtomicU32::new(1);
        let mut pages = Pages::new(move |token| {
            let fails = token == "b" && failures.swap(0, Ordering::Relaxed) > 0;
            async move {
                match token.as_str() {
                    _ if fails => Err(Error::new(Code::Unavailable, "no")),
                    "" => Ok((vec![1, 2], "a".to_owned())),
                    "a" => Ok((Vec::new(), "b".to_owned())),
                    _ => Ok((vec![3], String::new())),
                }
            }
        });
        assert_eq!(pages.next().await.unwrap(), Some(1));
        assert_eq!(pages.next().await.unwrap(), Some(2));
        assert_eq!(pages.next().await.unwrap_err().code(), Code::Unavailable);
        assert_eq!(pages.next().await.unwrap(), Some(3));
        assert_eq!(pages.next().await.unwrap(), None);
        assert_eq!(pages.next().await.unwrap(), None);
    }
}
