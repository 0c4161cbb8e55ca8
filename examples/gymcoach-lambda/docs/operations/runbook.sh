# What the commands of these pages use, for bash. Source it at the root of the repository:
#   . examples/gymcoach-lambda/docs/operations/runbook.sh          the stack on AWS
#   . examples/gymcoach-lambda/docs/operations/runbook.sh local    the twin on this machine
STACK=${STACK:-gymcoach-ai}
FUNCTION=${FUNCTION:-gymcoach-ai-service}
TABLE=${TABLE:-gymcoach-ai-main}
PACKAGED=${PACKAGED:-examples/gymcoach-lambda/target/packaged.yaml}
NAMESPACE=GymCoachAI/AI

# output KEY: an output of the stack.
output() {
  aws cloudformation describe-stacks --stack-name "$STACK" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}

WHERE=${1:-aws}
if [ "$WHERE" = local ]; then
  API=${TWIN:-http://127.0.0.1:8080}
  TOKEN=$(curl -fsS "$API/local/token?user=alice" | jq -er .token)
  OTHER_TOKEN=$(curl -fsS "$API/local/token?user=bob" | jq -er .token)
else
  API=$(output ApiUrl)
  # TOKEN and OTHER_TOKEN are yours to set: tokens of two users made for tests.
fi
PAUSE=${PAUSE:-0.6} # seconds between two requests of the load test
LIMIT=${LIMIT:-0.2} # seconds that a hit may take
WAIT=${WAIT:-5}     # seconds between two looks at a version that is not ready

# api METHOD PATH [JSON]: asks as the user whose token TOKEN is; prints the reply.
api() {
  curl -sS -X "$1" "$API$2" -H "Authorization: Bearer $TOKEN" \
    -H 'Content-Type: application/json' ${3:+-d "$3"}
}

# ago HOURS: that time, as AWS wants it.
ago() {
  jq -nr --argjson hours "$1" 'now - $hours * 3600 | floor | todate'
}

# soon COMMAND: repeats a command each second until it succeeds, for a minute at most.
soon() {
  local try
  for try in $(seq 60); do
    if eval "$1" >/dev/null; then
      return 0
    fi
    sleep 1
  done
  echo "soon: it did not come about within a minute: $1" >&2
  return 1
}

# as_operator COMMAND...: runs a command of the AWS CLI with the stack's operator role.
as_operator() (
  role=${OPERATOR_ROLE:-$(output OperatorRoleArn)} || exit
  session=$(aws sts assume-role --role-arn "$role" --role-session-name runbook --output text \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]') || exit
  read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<<"$session"
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  "$@"
)

# live_settings JSON: what all processes obey within some ten seconds, such as {"mode":"off"}.
# An empty text gives each process its own settings back. Without an argument: what is set now.
live_settings() {
  local key='{"PK":{"S":"CACHE#default"},"SK":{"S":"M"}}'
  if [ $# -eq 0 ]; then
    as_operator aws dynamodb query --table-name "$TABLE" --consistent-read \
      --key-condition-expression 'PK = :p AND SK = :s' \
      --expression-attribute-values '{":p":{"S":"CACHE#default"},":s":{"S":"M"}}' \
      --query 'Items[0].c.S' --output text
    return
  fi
  # Processes ignore a text that is not valid, and keep what they had: it must not get that far.
  if [ -n "$1" ] && ! jq -e '
      type == "object" and (keys - ["endpointsOff", "mode", "rolloutPercent"]) == []
      and (if has("mode") then .mode | IN("on", "off", "observe") else true end)
      and (if has("rolloutPercent")
           then .rolloutPercent | type == "number" and . >= 0 and . <= 100 else true end)
      and (if has("endpointsOff")
           then .endpointsOff | type == "array" and all(.[]; type == "string") else true end)
      ' <<<"$1" >/dev/null 2>&1; then
    echo 'live_settings: not settings; for example {"mode":"off"}. Nothing was changed.' >&2
    return 1
  fi
  if [ "$WHERE" = local ]; then
    curl -fsS -X POST "$API/local/settings" --data-binary "$1"
  elif [ -n "$1" ]; then
    as_operator aws dynamodb update-item --table-name "$TABLE" --key "$key" \
      --update-expression 'SET #c = :c REMOVE #t' \
      --expression-attribute-names '{"#c":"c","#t":"ttl"}' \
      --expression-attribute-values "$(jq -nc --arg text "$1" '{":c": {"S": $text}}')"
  else
    as_operator aws dynamodb update-item --table-name "$TABLE" --key "$key" \
      --update-expression 'REMOVE #c, #t' --expression-attribute-names '{"#c":"c","#t":"ttl"}'
  fi
}

# metric NAME HOURS [DIMENSION=VALUE...]: its sum, how often it was told, and the average. A sum of
# 0 is a metric that had no event in these hours; null is one that CloudWatch does not know.
metric() {
  local name=$1 hours=$2 dimension found known
  local dimensions=()
  shift 2
  for dimension; do
    dimensions+=("Name=${dimension%%=*},Value=${dimension#*=}")
  done
  found=$(aws cloudwatch get-metric-statistics --namespace "$NAMESPACE" --metric-name "$name" \
    ${dimensions:+--dimensions "${dimensions[@]}"} --start-time "$(ago "$hours")" \
    --end-time "$(ago 0)" --period 3600 --statistics Sum SampleCount --output json) || return
  if jq -e '(.Datapoints // []) == []' <<<"$found" >/dev/null; then
    known=$(aws cloudwatch list-metrics --namespace "$NAMESPACE" --metric-name "$name" \
      ${dimensions:+--dimensions "${dimensions[@]}"} --output json) || return
    # What is listed may have more dimensions than were asked for.
    if ! jq -e --argjson number "${#dimensions[@]}" \
      'any(.Metrics[]?; (.Dimensions // [] | length) == $number)' <<<"$known" >/dev/null; then
      echo "metric: CloudWatch knows no $name ${*:-without a dimension}: there was none in two weeks, or the name is wrong" >&2
      echo '{"sum":null,"count":null,"average":null}'
      return
    fi
  fi
  jq -c '{sum: ([.Datapoints[]?.Sum] | add // 0), count: ([.Datapoints[]?.SampleCount] | add // 0)}
         | .average = (if .count > 0 then .sum / .count else null end)' <<<"$found"
}

# insights NAME HOURS: what a query of docs/monitoring/queries.json finds in the function's log.
# Nothing found is said on the error output, with how much was read; a query that failed fails.
insights() {
  local query id found
  query=$(jq -er --arg name "$1" '.Resources[$name].Properties.QueryString' docs/monitoring/queries.json) || {
    echo "insights: there is no query $1" >&2
    return 1
  }
  id=$(aws logs start-query --log-group-name "/aws/lambda/$FUNCTION" --query-string "$query" \
    --start-time "$(($(date +%s) - $2 * 3600))" --end-time "$(date +%s)" --query queryId --output text) || return
  while
    found=$(aws logs get-query-results --query-id "$id" --output json) || return
    jq -e '.status == "Scheduled" or .status == "Running"' <<<"$found" >/dev/null
  do
    sleep 1
  done
  if ! jq -e '.status == "Complete"' <<<"$found" >/dev/null; then
    echo "insights: the query ended as $(jq -r '.status // "unknown"' <<<"$found")" >&2
    return 1
  fi
  if jq -e '(.results // []) == []' <<<"$found" >/dev/null; then
    echo "insights: nothing, in $(jq -r '.statistics.recordsScanned // 0' <<<"$found") lines" >&2
    return
  fi
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

# ask VERSION: calls a version as API Gateway does, past the API; it costs no tokens. Succeeds if
# the version answers with 200.
ask() {
  local reply meta answered=1
  reply=$(mktemp)
  if meta=$(aws lambda invoke --function-name "$FUNCTION" --qualifier "$1" --output json \
    --payload fileb:///dev/stdin "$reply" <<<'{"rawPath": "/api/ai/cache/stats",
      "requestContext": {"http": {"method": "GET"}, "authorizer": {"jwt": {"claims": {"sub": "runbook"}}}}}') &&
    jq -e '.FunctionError == null' <<<"$meta" >/dev/null && jq -e '.statusCode == 200' "$reply" >/dev/null; then
    answered=0
  fi
  rm -f "$reply"
  return "$answered"
}

# ready VERSION: waits until a version is active and answers. Asking it wakes it: SnapStart's become
# inactive without a call for 14 days, and refuse calls until their snapshot is made again.
ready() {
  local state try
  for try in $(seq "${TRIES:-60}"); do
    state=$(aws lambda get-function-configuration --function-name "$FUNCTION" --qualifier "$1" \
      --query State --output text) || return
    if [ "$state" = Failed ]; then
      echo "ready: version $1 is broken (state Failed): take another" >&2
      return 1
    fi
    if ask "$1" 2>/dev/null && [ "$state" = Active ]; then
      return 0
    fi
    echo "ready: version $1 is $state, or does not answer yet" >&2
    sleep "$WAIT"
  done
  echo "ready: version $1 did not answer: take another" >&2
  return 1
}

# point VERSION: sends all calls to a version, once it answers; no weight sends any elsewhere.
point() {
  ready "$1" && aws lambda update-alias --function-name "$FUNCTION" --name live \
    --function-version "$1" --routing-config 'AdditionalVersionWeights={}'
}

# publish JAR: makes a version of a jar and prints its number. It refuses if $LATEST has other
# variables than live, from a trial by hand, or if its code is replaced meanwhile.
publish() {
  local code version latest live
  latest=$(variables '$LATEST' | jq -eS .) && live=$(variables live | jq -eS .) || return
  if [ "$latest" != "$live" ]; then
    echo 'publish: $LATEST has other variables than live. Deploy first: that sets them.' >&2
    return 1
  fi
  code=$(aws lambda update-function-code --function-name "$FUNCTION" --zip-file "fileb://$1" \
    --query CodeSha256 --output text) || return
  aws lambda wait function-updated-v2 --function-name "$FUNCTION" || return
  version=$(aws lambda publish-version --function-name "$FUNCTION" --code-sha256 "$code" \
    --query Version --output text) || return
  aws lambda wait published-version-active --function-name "$FUNCTION" --qualifier "$version" || return
  echo "$version"
}
