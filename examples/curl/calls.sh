# What the walks call the bus with; to be sourced. The bus is at AGENT_BUS_URL.
AGENT_BUS_URL=${AGENT_BUS_URL:-http://127.0.0.1:8080}
AGENT_BUS_API_KEY=${AGENT_BUS_API_KEY:?is the key that the bus printed when it first started}

# say <text>: heads a step.
say() { printf '\n== %s\n' "$*"; }

# post <path> <json>: sends, prints and keeps the answer in $answer; anything but 200 ends the walk.
post() {
  local response status
  response=$(curl -sS --max-time 30 -X POST "$AGENT_BUS_URL$1" \
    -H 'Content-Type: application/json' \
    -H "x-agent-api-key: ${AGENT_BUS_API_KEY}" \
    -d "$2" -w '\n%{http_code}')
  status=${response##*$'\n'}
  answer=${response%$'\n'*}
  printf 'POST %s\n%s %s\n' "$1" "$status" "$answer"
  [[ $status == 200 ]] || { echo "expected 200" >&2; exit 1; }
}

# expect <text>: the answer has it, or the walk ends.
expect() { [[ $answer == *"$1"* ]] || { echo "expected the answer to have: $1" >&2; exit 1; }; }

# field <name>: a text field that the answer has once, as JSON writes it between its quotes.
field() { sed -nE "s/.*\"$1\":\"(([^\"\\\\]|\\\\.)*)\".*/\\1/p" <<<"$answer"; }
