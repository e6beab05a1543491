#!/usr/bin/env bash
# Drives the command line as a person's script would.
set -euo pipefail
cd "$(dirname "$0")/../.."
eventyard() { cargo run --quiet --profile ci -- "$@"; }
fail() { echo "command line: $*" >&2; exit 1; }

ids=$(eventyard guide | awk '{ print $1 }')
[ "$(wc -w <<<"$ids")" = 7 ] || fail "the guide has seven diagrams, not: $ids"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for id in $ids; do
  eventyard guide "$id" >"$folder/$id.json"
  from_file=$(eventyard simulate "$folder/$id.json" --for 20s --seed 7 --format json)
  by_name=$(eventyard simulate --guide "$id" --for 20s --seed 7 --format json)
  [ "$from_file" = "$by_name" ] || fail "$id: the printed document runs differently"
done

for theme in light dark; do
  eventyard export svg "$folder/pubsub-topic.json" --theme "$theme" >"$folder/picture.svg"
  eventyard export json "$folder/picture.svg" >"$folder/again.json"
  cmp -s "$folder/again.json" "$folder/pubsub-topic.json" || fail "the $theme picture holds another document"
done
eventyard export sam "$folder/pubsub-topic.json" >"$folder/template.yaml"
grep -q 'AWS::SNS::Topic$' "$folder/template.yaml" || fail "the exported template has no topic"
eventyard import "$folder/template.yaml" --out "$folder/imported.json" 2>/dev/null
for name in pubsub-topic imported; do
  eventyard simulate "$folder/$name.json" --for 5s --format json | grep -o '"journal_hash": "[^"]*"'
done | sort -u | wc -l | grep -q '^1$' || fail "a template's diagram runs otherwise than the one it was made of"
eventyard export mermaid --guide pubsub-topic | grep -q '^flowchart LR$' || fail "no Mermaid flowchart"

cat >"$folder/bad.json" <<'JSON'
{"version": 1, "name": "bad", "nodes": [
  {"id": "7f0c7a52-64a4-4c3c-9a34-3f1d7d4c0001", "kind": "queue", "name": "Q", "settings": {"VisibilityTimeout": 99999, "Colour": 1}}],
 "edges": [{"id": "7f0c7a52-64a4-4c3c-9a34-3f1d7d4c0002", "kind": "send", "from": "7f0c7a52-64a4-4c3c-9a34-3f1d7d4c0001", "to": "7f0c7a52-64a4-4c3c-9a34-3f1d7d4c0009"}]}
JSON
code=0
problems=$(eventyard simulate "$folder/bad.json" 2>&1 >/dev/null) || code=$?
[ "$code" = 2 ] || fail "a bad document has to exit with 2, not $code"
for path in nodes[0].settings.VisibilityTimeout nodes[0].settings.Colour edges[0].to; do
  grep -qF "$path" <<<"$problems" || fail "the problem at $path is missing in: $problems"
done
[ "$(wc -l <<<"$problems")" = 3 ] || fail "three problems, three lines, not: $problems"

eventyard compare "$folder/gateway-multiple.json" decouple-queue --for 20s --seeds 2 --json | grep -q '"metric": "p99"' \
  || fail "a comparison prints no p99"
eventyard simulate "$folder/pubsub-topic.json" --for 5s --export "$folder/run" >/dev/null
for file in report.html metrics.csv metrics.json time-series.csv journal.jsonl report.json diagram.eventyard.json; do
  [ -s "$folder/run/$file" ] || fail "an exported run lacks $file"
done
eventyard simulate "$folder/run/diagram.eventyard.json" --for 5s --format json \
  | grep -qF "$(grep -oE '[0-9a-f]{16}' "$folder/run/report.html" | head -n 1)" || fail "an exported run cannot be done again"
for wrong in "simulate $folder/pubsub-topic.json --sweep Sales.Colour=1..2" "compare --ready nothing" "compare pubsub-topic"; do
  code=0
  eventyard $wrong >/dev/null 2>&1 || code=$?
  [ "$code" = 2 ] || fail "$wrong has to exit with 2, not $code"
done
eventyard import tests/templates/rest-proxy.yaml --out "$folder/imported.json" 2>"$folder/attention"
grep -q 'rest-proxy.yaml: line 19: guess: ' "$folder/attention" || fail "the guesses are not listed with their lines"
eventyard simulate "$folder/imported.json" --for 5s >/dev/null || fail "the imported template does not run"
printf 'Resources:\n  A: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref B } }\n  C: {}\n' >"$folder/bad.yaml"
code=0
flaws=$(eventyard import "$folder/bad.yaml" 2>&1 >/dev/null) || code=$?
[ "$code" = 2 ] || fail "a bad template has to exit with 2, not $code"
[ "$(grep -c 'bad.yaml: line [23], column' <<<"$flaws")" = 2 ] || fail "two mistakes, each with its line, not: $flaws"
echo "command line: 23 passed, 0 failed"

[ "$(eventyard check --list | wc -l)" -ge 16 ] || fail "there are fewer than sixteen labs"
lab=src/lessons/labs/visibility-timeout.json
eventyard check "$lab" | grep -q 'can be kept and broken' || fail "a lab that comes with Eventyard fails its check"
sed 's/"to": 180/"to": 6/' "$lab" >"$folder/lab.json"
code=0
verdict=$(eventyard check "$folder/lab.json") || code=$?
[ "$code" = 1 ] || fail "a lab whose solution does not help has to exit with 1, not $code"
grep -q 'CANNOT PASS' <<<"$verdict" || fail "the goal that cannot be reached is missing in: $verdict"
sed 's/"limit": "2 min"/"limit": "soon"/' "$lab" >"$folder/lab.json"
code=0
flaws=$(eventyard check "$folder/lab.json" 2>&1 >/dev/null) || code=$?
[ "$code" = 2 ] || fail "a document that is no lab has to exit with 2, not $code"
grep -qF 'steps[0].run.limit' <<<"$flaws" || fail "the path is missing in: $flaws"
