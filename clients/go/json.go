package agentbus

import "encoding/json"

// JSON is a JSON object, as encoding/json reads one into a map: its numbers are float64.
//
// What is sent may have any value that encoding/json can write, structs included. An integer that a float64 cannot hold
// exactly is refused rather than changed: send it as text.
type JSON map[string]any

// JSONOf makes the JSON object of a struct or a map, by its `json` tags.
func JSONOf(value any) (JSON, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, &Error{Code: InvalidArgument, Message: "the value is no JSON: " + err.Error(), cause: err}
	}
	var object JSON
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, &Error{Code: InvalidArgument, Message: "the value is no JSON object: " + err.Error(), cause: err}
	}
	return object, nil
}

// Decode reads the object into the struct or map that value points to, by its `json` tags.
func (j JSON) Decode(value any) error {
	text, err := json.Marshal(j)
	if err == nil {
		err = json.Unmarshal(text, value)
	}
	if err != nil {
		return &Error{Code: InvalidArgument, Message: "the payload is another one: " + err.Error(), cause: err}
	}
	return nil
}
