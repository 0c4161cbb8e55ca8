# What the commands of these pages use, for bash. Source it at the root of the repository:
#   . examples/gymcoach-lambda/docs/operations/runbook.sh          the stack on AWS
#   . examples/gymcoach-lambda/docs/operations/runbook.sh local    the twin on this machine
STACK=${STACK:-gymcoach-ai}
FUNCTION=${FUNCTION:-gymcoach-ai-service}
PACKAGED=${PACKAGED:-examples/gymcoach-lambda/target/packaged.yaml}
NAMESPACE=GymCoachAI/AI

if [ "${1:-aws}" = local ]; then
  API=${TWIN:-http://127.0.0.1:8080}
  TOKEN=$(curl -fsS "$API/local/token?user=alice" | jq -er .token)
  OTHER_TOKEN=$(curl -fsS "$API/local/token?user=bob" | jq -er .token)
else
  API=$(aws cloudformation describe-stacks --stack-name "$STACK" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='ApiUrl'].OutputValue")
  # TOKEN and OTHER_TOKEN are yours to set: id tokens of two users made for tests.
fi
PAUSE=${PAUSE:-0.6} # seconds between two requests of the load test
LIMIT=${LIMIT:-0.2} # seconds that a hit may take

# api METHOD PATH [JSON]: asks as the user whose token TOKEN is; prints the reply.
api() {
  curl -sS -X "$1" "$API$2" -H "Authorization: Bearer $TOKEN" \
    -H 'Content-Type: application/json' ${3:+-d "$3"}
}

# ago HOURS: that time, as AWS wants it.
ago() {
  jq -nr --argjson hours "$1" 'now - $hours * 3600 | floor | todate'
}

# metric NAME HOURS [DIMENSION=VALUE...]: its sum, how often it was told, and the average.
metric() {
  local name=$1 hours=$2 dimension
  local dimensions=()
  shift 2
  for dimension; do
    dimensions+=("Name=${dimension%%=*},Value=${dimension#*=}")
  done
  aws cloudwatch get-metric-statistics --namespace "$NAMESPACE" --metric-name "$name" \
    ${dimensions:+--dimensions "${dimensions[@]}"} --start-time "$(ago "$hours")" \
    --end-time "$(ago 0)" --period 3600 --statistics Sum SampleCount --output json |
    jq -c '{sum: ([.Datapoints[]?.Sum] | add // 0), count: ([.Datapoints[]?.SampleCount] | add // 0)}
           | .average = (if .count > 0 then .sum / .count else null end)'
}

# insights NAME HOURS: what a query of docs/monitoring/queries.json finds in the function's log.
insights() {
  local query id found
  query=$(jq -er --arg name "$1" '.Resources[$name].Properties.QueryString' docs/monitoring/queries.json)
  id=$(aws logs start-query --log-group-name "/aws/lambda/$FUNCTION" --query-string "$query" \
    --start-time "$(($(date +%s) - $2 * 3600))" --end-time "$(date +%s)" --query queryId --output text)
  while
    found=$(aws logs get-query-results --query-id "$id" --output json)
    jq -e '.status == "Scheduled" or .status == "Running"' <<<"$found" >/dev/null
  do
    sleep 1
  done
  jq -c '.results[] | map({(.field): .value}) | add' <<<"$found"
}

# variables QUALIFIER: what a version or an alias has in its environment.
variables() {
  aws lambda get-function-configuration --function-name "$FUNCTION" --qualifier "$1" \
    --query Environment.Variables --output json
}

# deploy PARAMETER=VALUE...: what was packaged, as a new version; other parameters keep what they have.
deploy() {
  aws cloudformation deploy --template-file "$PACKAGED" --stack-name "$STACK" \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
    --parameter-overrides Release="$(date +%s)" "$@"
}
