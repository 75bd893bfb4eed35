//! JSON as Rust programs have it, and as the contract does: `google.protobuf.Struct`.

use prost_types::value::Kind;
use prost_types::{ListValue, Struct};
use serde_json::{Map, Number, Value};
use tonic::Code;

use crate::error::{Error, Result};
use crate::limits::MAX_JSON_DEPTH;

/// Makes the contract's form of a JSON object.
///
/// It may be nested 30 levels deep. Numbers are doubles there: an integer that is not one exactly, as some beyond 2^53 are, is refused rather than changed.
pub(crate) fn to_struct(value: Value) -> Result<Struct> {
    match value {
        Value::Object(map) => from_map(map, 1),
        other => Err(invalid(format!(
            "content is a JSON object, and not {}",
            kind_of(&other)
        ))),
    }
}

/// Makes a JSON object of the contract's form.
pub(crate) fn from_struct(object: Struct) -> Value {
    let fields = object.fields.into_iter();
    Value::Object(fields.map(|(key, value)| (key, from_value(value))).collect())
}

/// `depth` counts the objects and lists, this one included.
fn from_map(map: Map<String, Value>, depth: usize) -> Result<Struct> {
    check_depth(depth)?;
    let fields = map.into_iter();
    let fields = fields
        .map(|(key, value)| Ok((key, to_value(value, depth)?)))
        .collect::<Result<_>>()?;
    Ok(Struct { fields })
}

fn from_list(items: Vec<Value>, depth: usize) -> Result<ListValue> {
    check_depth(depth)?;
    let values = items.into_iter().map(|item| to_value(item, depth));
    Ok(ListValue {
        values: values.collect::<Result<_>>()?,
    })
}

fn check_depth(depth: usize) -> Result<()> {
    if depth <= MAX_JSON_DEPTH {
        return Ok(());
    }
    Err(invalid(format!(
        "content is nested deeper than {MAX_JSON_DEPTH} levels"
    )))
}

/// `depth` is that of what holds the value.
fn to_value(value: Value, depth: usize) -> Result<prost_types::Value> {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(value),
        Value::Number(number) => Kind::NumberValue(to_double(&number)?),
        Value::String(text) => Kind::StringValue(text),
        Value::Array(items) => Kind::ListValue(from_list(items, depth + 1)?),
        Value::Object(map) => Kind::StructValue(from_map(map, depth + 1)?),
    };
    Ok(prost_types::Value { kind: Some(kind) })
}

pub(crate) fn from_value(value: prost_types::Value) -> Value {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(value)) => Value::Bool(value),
        Some(Kind::NumberValue(double)) => to_number(double),
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::ListValue(list)) => Value::Array(list.values.into_iter().map(from_value).collect()),
        Some(Kind::StructValue(object)) => from_struct(object),
    }
}

fn to_double(number: &Number) -> Result<f64> {
    let double = number.as_f64().unwrap_or(f64::NAN);
    let is_exact = match (number.as_i64(), number.as_u64()) {
        (Some(integer), _) => double as i128 == i128::from(integer),
        (_, Some(integer)) => double as i128 == i128::from(integer),
        _ => double.is_finite(),
    };
    if is_exact {
        return Ok(double);
    }
    Err(invalid(format!(
        "{number} is no number of the contract, where numbers are doubles: send it as text"
    )))
}

/// Whole numbers become integers, as `as_i64` and most types that are read from JSON expect.
fn to_number(double: f64) -> Value {
    const INTEGERS: std::ops::Range<f64> = -9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0;
    let is_negative_zero = double == 0.0 && double.is_sign_negative();
    if double.fract() == 0.0 && INTEGERS.contains(&double) && !is_negative_zero {
        return Value::from(double as i64);
    }
    Number::from_f64(double).map_or(Value::Null, Value::Number)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn invalid(message: String) -> Error {
    Error::new(Code::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use agentbus_proto::v1::agent_stream_response::Frame;
    use agentbus_proto::v1::envelope::Content;
    use agentbus_proto::v1::{AgentStreamResponse, Delivery, DeliveryFrame, Envelope};
    use prost::Message;
    use serde_json::json;

    use super::*;

    fn through_the_wire(value: Value) -> Value {
        let bytes = to_struct(value).unwrap().encode_to_vec();
        from_struct(Struct::decode(bytes.as_slice()).unwrap())
    }

    #[test]
    fn values_come_back_as_they_were() {
        let value = json!({
            "null": null, "yes": true, "text": "Grüße, 世界 🚀 \u{0}", "empty": {}, "none": [],
            "numbers": [0, -1, 1.5, 9_007_199_254_740_992_i64, i64::MIN, 1e300, -0.0],
            "nested": { "list": [{ "a": [[1], null] }] },
        });
        assert_eq!(through_the_wire(value.clone()), value);
    }

    #[test]
    fn whole_numbers_are_integers() {
        assert_eq!(through_the_wire(json!({ "n": 3.0 }))["n"].as_i64(), Some(3));
        assert_eq!(
            through_the_wire(json!({ "n": 1_u64 << 63 }))["n"],
            json!(2_f64.powi(63))
        );
    }

    #[test]
    fn an_integer_that_would_change_is_refused() {
        for number in [json!(9_007_199_254_740_993_i64), json!(u64::MAX), json!(i64::MAX)] {
            let error = to_struct(json!({ "list": [number] })).unwrap_err();
            assert_eq!(error.code(), Code::InvalidArgument, "{number}");
        }
    }

    #[test]
    fn only_objects_are_content() {
        for value in [json!(null), json!([1]), json!("text")] {
            assert_eq!(to_struct(value).unwrap_err().code(), Code::InvalidArgument);
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_refused_before_a_decoder_or_the_stack_gives_up() {
        let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({ "in": inner }));
        assert!(to_struct(nested(30)).is_ok());
        for value in [
            nested(31),
            nested(1_000),
            json!({ "list": (0..30).fold(json!([]), |inner, _| json!([inner])) }),
        ] {
            assert_eq!(to_struct(value).unwrap_err().code(), Code::InvalidArgument);
        }
    }

    #[test]
    fn a_number_that_json_does_not_have_is_null() {
        for double in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(to_number(double), Value::Null);
        }
    }

    #[test]
    fn thirty_levels_can_be_read_from_a_frame() {
        let deep = (0..29).fold(json!({ "end": true }), |inner, _| json!({ "in": inner }));
        let envelope = Envelope {
            content: Some(Content::Payload(to_struct(deep.clone()).unwrap())),
            ..Envelope::default()
        };
        let delivery = Delivery {
            message: Some(envelope),
            ..Delivery::default()
        };
        let deliveries = vec![delivery];
        let frame = Frame::Delivery(DeliveryFrame { deliveries });
        let bytes = AgentStreamResponse { frame: Some(frame) }.encode_to_vec();

        let Some(Frame::Delivery(mut frame)) = AgentStreamResponse::decode(bytes.as_slice()).unwrap().frame else {
            panic!("no delivery");
        };

        let envelope = frame.deliveries.remove(0).message.unwrap();
        let Some(Content::Payload(payload)) = envelope.content else {
            panic!("no payload");
        };
        assert_eq!(from_struct(payload), deep);
    }
}
