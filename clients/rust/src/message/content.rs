use agentbus_proto::v1::{envelope, task_result};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::error::Result;
use crate::json;

/// What a message says: a JSON object, or bytes of a media type, or nothing.
///
/// Anything that converts into it can be sent, and be returned by the handler of a task:
///
/// ```
/// use agentbus::{Content, Data, json};
///
/// let nothing = Content::from(());
/// let object = Content::from(json!({ "files": 3 }));
/// let bytes = Content::from(Data::new(b"%PDF-1.7".as_slice(), "application/pdf"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Nothing.
    #[default]
    Empty,
    /// A JSON object, nested at most 30 levels deep. Any other JSON value is refused with INVALID_ARGUMENT, and so is an
    /// integer that a double cannot hold exactly.
    Json(Value),
    /// Bytes that are not JSON.
    Data(Data),
}

/// Bytes and what they are.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Data {
    /// The bytes.
    pub bytes: Bytes,
    /// Their media type, such as `application/pdf`. At most 255 bytes.
    pub content_type: String,
}

impl Data {
    /// Bytes of a media type.
    pub fn new(bytes: impl Into<Bytes>, content_type: impl Into<String>) -> Self {
        Self {
            bytes: bytes.into(),
            content_type: content_type.into(),
        }
    }
}

impl From<()> for Content {
    fn from((): ()) -> Self {
        Self::Empty
    }
}

impl From<Value> for Content {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

impl From<Map<String, Value>> for Content {
    fn from(map: Map<String, Value>) -> Self {
        Self::Json(Value::Object(map))
    }
}

impl From<Data> for Content {
    fn from(data: Data) -> Self {
        Self::Data(data)
    }
}

impl Content {
    /// The media type and the content as an envelope has them.
    pub(crate) fn into_envelope(self) -> Result<(String, Option<envelope::Content>)> {
        Ok(match self {
            Self::Empty => (String::new(), None),
            Self::Json(value) => {
                let payload = json::to_struct(value)?;
                (String::new(), Some(envelope::Content::Payload(payload)))
            }
            Self::Data(Data { bytes, content_type }) => (content_type, Some(envelope::Content::Data(bytes))),
        })
    }

    pub(crate) fn from_envelope(content_type: String, content: Option<envelope::Content>) -> Self {
        match content {
            None => Self::Empty,
            Some(envelope::Content::Payload(payload)) => Self::Json(json::from_struct(payload)),
            Some(envelope::Content::Data(bytes)) => Self::Data(Data { bytes, content_type }),
        }
    }

    pub(crate) fn from_result(content_type: String, content: Option<task_result::Content>) -> Self {
        let content = content.map(|content| match content {
            task_result::Content::Payload(payload) => envelope::Content::Payload(payload),
            task_result::Content::Data(bytes) => envelope::Content::Data(bytes),
        });
        Self::from_envelope(content_type, content)
    }

    /// The JSON object, or an empty one, and the bytes if there are any: what most readers ask for.
    pub(crate) fn into_payload_and_data(self) -> (Value, Option<Data>) {
        match self {
            Self::Empty => (Value::Object(Map::new()), None),
            Self::Json(payload) => (payload, None),
            Self::Data(data) => (Value::Object(Map::new()), Some(data)),
        }
    }
}
