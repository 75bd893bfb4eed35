package agentbus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/structpb"
)

// badValue is a value that cannot be sent, and where in the payload it is. The path is put together on the way out, so
// that values which can be sent cost none.
type badValue struct {
	path string
	what string
}

func (b *badValue) Error() string { return "payload" + b.path + " " + b.what }

// in says in which field or item the value is.
func (b *badValue) in(step string) *badValue {
	b.path = step + b.path
	return b
}

func structOf(object map[string]any) (*structpb.Struct, error) {
	converted, bad := structAt(object, 0)
	if bad != nil {
		return nil, &Error{Code: InvalidArgument, Message: bad.Error()}
	}
	return converted, nil
}

func structAt(object map[string]any, depth int) (*structpb.Struct, *badValue) {
	fields := make(map[string]*structpb.Value, len(object))
	for key, value := range object {
		if !utf8.ValidString(key) {
			return nil, &badValue{what: "has a key that is not UTF-8"}
		}
		converted, bad := valueAt(value, depth+1)
		if bad != nil {
			return nil, bad.in("." + key)
		}
		fields[key] = converted
	}
	return &structpb.Struct{Fields: fields}, nil
}

func valueAt(value any, depth int) (*structpb.Value, *badValue) {
	switch value := value.(type) {
	case nil:
		return structpb.NewNullValue(), nil
	case bool:
		return structpb.NewBoolValue(value), nil
	case string:
		if !utf8.ValidString(value) {
			return nil, &badValue{what: "is not UTF-8"}
		}
		return structpb.NewStringValue(value), nil
	case float64:
		return numberOf(value)
	case int:
		return integerOf(int64(value))
	case int64:
		return integerOf(value)
	case json.Number:
		return literalOf(value)
	case map[string]any:
		return objectAt(value, depth)
	case JSON:
		return objectAt(value, depth)
	case []any:
		return listAt(value, depth)
	default:
		return encodedAt(value, depth)
	}
}

func numberOf(value float64) (*structpb.Value, *badValue) {
	if value-value != 0 {
		return nil, &badValue{what: fmt.Sprintf("is %v, which JSON does not have", value)}
	}
	return structpb.NewNumberValue(value), nil
}

func integerOf(value int64) (*structpb.Value, *badValue) {
	number := float64(value)
	// 2^63 itself, to which the largest integers are rounded, is none of them.
	if number >= 1<<63 || int64(number) != value {
		return nil, inexact(strconv.FormatInt(value, 10))
	}
	return structpb.NewNumberValue(number), nil
}

func literalOf(literal json.Number) (*structpb.Value, *badValue) {
	number, err := literal.Float64()
	if err != nil {
		return nil, &badValue{what: fmt.Sprintf("is %.40q, which is no number that can be sent", literal)}
	}
	if integer, ok := new(big.Int).SetString(literal.String(), 10); ok {
		if held, _ := big.NewFloat(number).Int(nil); held.Cmp(integer) != 0 {
			return nil, inexact(literal.String())
		}
	}
	return numberOf(number)
}

func tooDeep() *badValue {
	return &badValue{what: fmt.Sprintf("is nested deeper than %d levels", maxPayloadDepth)}
}

func inexact(number string) *badValue {
	return &badValue{what: fmt.Sprintf("is %.40s, which its readers would round: send it as text", number)}
}

func objectAt(object map[string]any, depth int) (*structpb.Value, *badValue) {
	if depth >= maxPayloadDepth {
		return nil, tooDeep()
	}
	if object == nil {
		return structpb.NewNullValue(), nil
	}
	converted, bad := structAt(object, depth)
	if bad != nil {
		return nil, bad
	}
	return structpb.NewStructValue(converted), nil
}

func listAt(list []any, depth int) (*structpb.Value, *badValue) {
	if depth >= maxPayloadDepth {
		return nil, tooDeep()
	}
	if list == nil {
		return structpb.NewNullValue(), nil
	}
	values := make([]*structpb.Value, len(list))
	for i, value := range list {
		converted, bad := valueAt(value, depth+1)
		if bad != nil {
			return nil, bad.in("[" + strconv.Itoa(i) + "]")
		}
		values[i] = converted
	}
	return structpb.NewListValue(&structpb.ListValue{Values: values}), nil
}

// encodedAt has encoding/json say what a value of the program's own types is.
func encodedAt(value any, depth int) (*structpb.Value, *badValue) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, &badValue{what: "is no JSON: " + err.Error()}
	}
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.UseNumber()
	var plain any
	if err := reader.Decode(&plain); err != nil {
		return nil, &badValue{what: "is no JSON: " + err.Error()}
	}
	return valueAt(plain, depth)
}
