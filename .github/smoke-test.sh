#!/usr/bin/env bash
# Asks a running app what only a whole one can answer: .github/smoke-test.sh http://127.0.0.1:7071 [function key [token of Entra]]
set -euo pipefail
base=$1
key=${2:-}

headers=(--header "x-functions-key: $key")
[[ -z ${3:-} ]] || headers+=(--header "Authorization: Bearer $3")

ask() { curl --silent --show-error --max-time 30 "${headers[@]}" "$@"; }

expect() { # expect STATUS URL: prints the body
  local body status
  body=$(mktemp)
  status=$(ask --output "$body" --write-out '%{http_code}' "${@:3}" "$2")
  cat "$body"
  [[ $status == "$1" ]] || { echo "$2: $status instead of $1" >&2; exit 1; }
}

for ((i = 0; i < 120; i++)); do
  [[ $(ask --output /dev/null --write-out '%{http_code}' "$base/api/health/ready" || true) == 200 ]] && break
  sleep 1
done
expect 200 "$base/api/health/live" > /dev/null
expect 200 "$base/api/health/ready" > /dev/null

# HTTP, and an orchestration with its activities.
expect 200 "$base/api/quotes/AAPL?maxAge=0&budget=10000" | grep -q '"completeness":"complete"'
expect 400 "$base/api/quotes/%20" | grep -q 'urn:quorum:problem:invalid-request'
expect 404 "$base/api/quotes/NOPE.X?budget=10000" | grep -q 'urn:quorum:problem:unknown-symbol'

# A queue message, and the batch that comes of it.
batch=smoke-$(date +%s)
expect 202 "$base/api/batches" --request POST --header 'content-type: application/json' --data "{\"batchId\":\"$batch\",\"symbols\":[\"AAPL\",\"VOD:XLON\",\"NOPE.X\"]}" > /dev/null
for ((i = 0; i < 60; i++)); do
  ask "$base/api/batches/$batch" | grep -q '"finished":"' && break
  sleep 1
done
expect 200 "$base/api/batches/$batch" | grep -q '"total":3'
echo "The app at $base answers."
