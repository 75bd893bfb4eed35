package agentbus

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// Goal: JSON is what it was after a journey. Method: there and back.
func TestStructOf(t *testing.T) {
	type inner struct {
		Name string `json:"name"`
		Skip string `json:"skip,omitempty"`
	}
	for name, test := range map[string]struct{ sent, read any }{
		"null":            {nil, nil},
		"bool":            {true, true},
		"text":            {"Grüße 🌍", "Grüße 🌍"},
		"int":             {-42, float64(-42)},
		"largest exact":   {int64(1) << 53, float64(1 << 53)},
		"exact beyond it": {int64(1) << 60, float64(1 << 60)},
		"smallest int64":  {int64(math.MinInt64), float64(math.MinInt64)},
		"tiny":            {5e-324, 5e-324},
		"literal":         {json.Number("1e3"), float64(1000)},
		"nested":          {[]any{map[string]any{"a": []any{nil, JSON{}}}}, []any{map[string]any{"a": []any{nil, map[string]any{}}}}},
		"typed list":      {[]string{"a", "b"}, []any{"a", "b"}},
		"struct":          {inner{Name: "x"}, map[string]any{"name": "x"}},
		"pointer":         {&inner{Name: "x"}, map[string]any{"name": "x"}},
		"time":            {time.Unix(0, 0).UTC(), "1970-01-01T00:00:00Z"},
		"typed nil map":   {map[string]any(nil), nil},
	} {
		t.Run(name, func(t *testing.T) {
			converted, err := structOf(JSON{"value": test.sent})
			if err != nil {
				t.Fatal(err)
			}
			if read := converted.AsMap()["value"]; !reflect.DeepEqual(read, test.read) {
				t.Errorf("read %#v, want %#v", read, test.read)
			}
		})
	}
}

// Goal: what JSON readers would not get is refused, with the place. Method: one bad value deep inside.
func TestStructOfRefuses(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"rounded int":    {int64(1)<<53 + 1, "9007199254740993"},
		"largest int64":  {int64(math.MaxInt64), "9223372036854775807"},
		"largest uint64": {uint64(math.MaxUint64), "18446744073709551615"},
		"huge literal":   {json.Number("123456789012345678901"), "123456789012345678901"},
		"not a number":   {math.NaN(), "NaN"},
		"infinity":       {math.Inf(-1), "-Inf"},
		"not UTF-8":      {"\xff", "UTF-8"},
		"function":       {func() {}, "no JSON"},
		"cycle":          {cycle, "nested deeper than 30 levels"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := structOf(JSON{"list": []any{1, test.value}})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "payload.list[1]") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Goal: a program may keep to its own types. Method: a struct to JSON and back.
func TestDecode(t *testing.T) {
	type order struct {
		Item  string `json:"item"`
		Count int    `json:"count"`
	}
	object, err := JSONOf(order{Item: "chair", Count: 3})
	if err != nil {
		t.Fatal(err)
	}
	var read order
	if err := object.Decode(&read); err != nil || read != (order{Item: "chair", Count: 3}) {
		t.Errorf("read %v, %v", read, err)
	}
	if _, err := JSONOf([]int{1}); err == nil {
		t.Error("a list is no JSON object")
	}
}
