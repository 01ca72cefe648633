#!/usr/bin/env bash
# Makes a bundle for "eastwest diagnose CALLER CALLEE --bundle OUT_DIR" with the AWS CLI alone, where eastwest itself cannot
# run. It only reads. What cannot be read is told, noted in the manifest, and left out; the rest is collected all the same.
set -euo pipefail

usage() {
  cat >&2 <<'TEXT'
usage: docs/collect.sh CALLER CALLEE CLUSTER FROM TO OUT_DIR

  CALLER, CALLEE  names of the two ECS services
  CLUSTER         name or ARN of their cluster
  FROM, TO        the time to look at, in UTC: 2026-11-21T12:00:00Z
  OUT_DIR         directory to make; it must not exist

Credentials, profile and Region are the AWS CLI's: AWS_PROFILE, AWS_REGION and so on.
Exit codes: 0 everything was read, 2 usage, 4 something is missing (the bundle is there), 5 nothing could be read.
TEXT
  exit 2
}

die() {
  printf 'collect.sh: %s\n' "$2" >&2
  exit "$1"
}

[ $# -eq 6 ] || usage
caller=$1 callee=$2 cluster=$3 from=$4 to=$5 out=$6

name='^[A-Za-z0-9][A-Za-z0-9_-]*$'
[[ $caller =~ $name && $callee =~ $name ]] || die 2 "CALLER and CALLEE are names of services"
[[ $cluster =~ ^[A-Za-z0-9][A-Za-z0-9:/_-]*$ ]] || die 2 "CLUSTER is the name or ARN of a cluster"
time='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$'
[[ $from =~ $time && $to =~ $time ]] || die 2 "FROM and TO are times such as 2026-11-21T12:00:00Z"
[[ $from < $to ]] || die 2 "FROM must lie before TO"
[ ! -e "$out" ] || die 2 "$out exists already"
command -v aws >/dev/null || die 2 "there is no AWS CLI on the PATH"

# Seconds since 1970: GNU date, else that of BSD and macOS.
seconds() {
  date -u -d "$1" +%s 2>/dev/null || date -j -u -f %Y-%m-%dT%H:%M:%SZ "$1" +%s
}
from_s=$(seconds "$from") to_s=$(seconds "$to")

export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off
cluster_name=${cluster##*/}

# FilterLogEvents: more events of one stream prefix than this are left, and the manifest says so.
most_events=${MOST_EVENTS:-500000}

umask 077
mkdir -p "$(dirname "$out")"
mkdir "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/coverage"

# --- helpers --------------------------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*" >&2; }

# cover INPUT STATE DETAIL: one line of the manifest's coverage. Short lines may be appended by several at once.
cover() {
  printf '%s\t%s\t%s\n' "$1" "$2" "$(printf '%s' "$3" | tr '\t\n\r' '   ' | cut -c1-300)" >>"$work/coverage"
}

# run INPUT COMMAND...: what the AWS CLI prints; where it fails, that is told and noted, and the answer is empty.
run() {
  local input=$1 errors state=failed text
  shift
  errors=$(mktemp "$work/errors.XXXXXX")
  if aws "$@" 2>"$errors"; then
    cover "$input" complete ''
    return 0
  fi
  text=$(tr '\n' ' ' <"$errors")
  case $text in
    *AccessDenied* | *UnauthorizedOperation* | *'not authorized'*) state=denied ;;
  esac
  say "  not read: $input: ${text:0:300}"
  cover "$input" "$state" "$text"
  return 1
}

# fetch INPUT FILE COMMAND...: keeps an answer whole or not at all.
fetch() {
  local input=$1 file=$2 answer
  shift 2
  answer=$(mktemp "$work/answer.XXXXXX")
  run "$input" "$@" --output json >"$answer" || return 0
  mkdir -p "$(dirname "$out/$file")"
  mv "$answer" "$out/$file"
}

# pick INPUT QUERY COMMAND...: lines "word<TAB>value" of an answer, by a JMESPath query that makes pairs.
pick() {
  local input=$1 query=$2
  shift 2
  run "$input" "$@" --query "$query" --output text | awk -F '\t' 'NF > 1 && $2 != "None"' | sort -u || true
}

# values WORD FILE...: the values of that word, once each.
values() {
  local word=$1
  shift
  cat "$@" | awk -F '\t' -v word="$word" '$1 == word { print $2 }' | sort -u
}

# chunked SIZE FUNCTION ARGUMENT...: calls the function with its arguments, a number and up to SIZE lines of the input.
chunked() {
  local size=$1 number=0 chunk=() line
  shift
  while IFS= read -r line; do
    chunk+=("$line")
    if [ "${#chunk[@]}" -eq "$size" ]; then
      number=$((number + 1))
      "$@" "$number" "${chunk[@]}" </dev/null
      chunk=()
    fi
  done
  if [ "${#chunk[@]}" -gt 0 ]; then
    "$@" "$((number + 1))" "${chunk[@]}" </dev/null
  fi
}

# nothing INPUT FILE DOCUMENT: where the list was read and is empty, that is an answer too.
nothing() {
  local input=$1 file=$2 document=$3
  if ! grep -Eq "^$input"$'\t'"(denied|failed)" "$work/coverage"; then
    mkdir -p "$(dirname "$out/$file")"
    printf '%s\n' "$document" >"$out/$file"
  fi
}

# A value as part of a file name.
plain() { printf '%s' "$1" | tr -c 'A-Za-z0-9._-' '_'; }

# Values of a filter of EC2, which are separated by commas.
joined() {
  local IFS=,
  printf '%s' "$*"
}

# --- what to read -----------------------------------------------------------------------------------------------------------

say "services $caller and $callee of cluster $cluster"
fetch ecs/describe-services ecs/describe-services.json ecs describe-services --cluster "$cluster" --services "$caller" "$callee"
[ -e "$out/ecs/describe-services.json" ] || {
  rm -rf "$out"
  die 5 "without the services there is nothing to collect"
}
connect='services[].deployments[].serviceConnectConfiguration[]'
pick ecs/describe-services "[
    services[].['service', serviceName],
    services[].['arn', serviceArn],
    services[].['definition', taskDefinition],
    services[].deployments[].['definition', taskDefinition],
    services[].currentServiceRevisions[].['revision', arn],
    services[].deployments[].networkConfiguration.awsvpcConfiguration.subnets[].['subnet', @],
    services[].deployments[].networkConfiguration.awsvpcConfiguration.securityGroups[].['group', @],
    services[].networkConfiguration.awsvpcConfiguration.subnets[].['subnet', @],
    services[].networkConfiguration.awsvpcConfiguration.securityGroups[].['group', @],
    $connect.['namespace', namespace],
    services[?serviceName=='$callee'].deployments[].serviceConnectConfiguration[].services[].['name', discoveryName || portName],
    $connect.services[].['endpoint', discoveryName || portName],
    services[].deployments[].serviceConnectResources[].['resource', discoveryArn],
    services[].serviceRegistries[].['resource', registryArn]
  ][]" ecs describe-services --cluster "$cluster" --services "$caller" "$callee" >"$work/services"
for service in "$caller" "$callee"; do
  values service "$work/services" | grep -Fqx -- "$service" || {
    rm -rf "$out"
    die 2 "cluster $cluster has no service $service"
  }
done
region=$(values arn "$work/services" | head -n 1 | cut -d : -f 4)
account=$(values arn "$work/services" | head -n 1 | cut -d : -f 5)

clusters() {
  fetch ecs/describe-clusters ecs/describe-clusters.json ecs describe-clusters --clusters "$cluster" --include SETTINGS CONFIGURATIONS
}

describe_tasks() {
  local side=$1 number=$2
  shift 2
  fetch ecs/describe-tasks "ecs/describe-tasks/$side-$number.json" ecs describe-tasks --cluster "$cluster" --include TAGS --tasks "$@"
  pick ecs/describe-tasks "[
      tasks[].['definition', taskDefinitionArn],
      tasks[].attachments[].details[?name=='networkInterfaceId'].['interface', value][]
    ][]" ecs describe-tasks --cluster "$cluster" --tasks "$@" >>"$work/tasks-$side"
}

tasks() {
  local side=$1 service=$2 status
  : >"$work/tasks-$side"
  for status in RUNNING STOPPED; do
    pick ecs/describe-tasks "taskArns[].['task', @]" \
      ecs list-tasks --cluster "$cluster" --service-name "$service" --desired-status "$status" >>"$work/listed-$side"
  done
  values task "$work/listed-$side" | chunked 100 describe_tasks "$side"
  [ -s "$work/listed-$side" ] || nothing ecs/describe-tasks "ecs/describe-tasks/$side-0.json" '{"tasks": [], "failures": []}'
}

describe_deployments() {
  local side=$1 number=$2
  shift 2
  fetch ecs/describe-service-deployments "ecs/describe-service-deployments/$side-$number.json" \
    ecs describe-service-deployments --service-deployment-arns "$@"
  pick ecs/describe-service-deployments "[
      serviceDeployments[].sourceServiceRevisions[].['revision', arn],
      serviceDeployments[].['revision', targetServiceRevision.arn],
      serviceDeployments[].['revision', rollback.serviceRevisionArn]
    ][]" ecs describe-service-deployments --service-deployment-arns "$@" >>"$work/revisions-$side"
}

deployments() {
  local side=$1 service=$2
  : >"$work/revisions-$side"
  pick ecs/describe-service-deployments "serviceDeployments[].['deployment', serviceDeploymentArn]" \
    ecs list-service-deployments --cluster "$cluster" --service "$service" --max-results 20 >"$work/deployments-$side"
  values deployment "$work/deployments-$side" | chunked 20 describe_deployments "$side"
  [ -s "$work/deployments-$side" ] || nothing ecs/describe-service-deployments \
    "ecs/describe-service-deployments/$side-0.json" '{"serviceDeployments": [], "failures": []}'
}

describe_revisions() {
  local number=$1
  shift
  fetch ecs/describe-service-revisions "ecs/describe-service-revisions/$number.json" \
    ecs describe-service-revisions --service-revision-arns "$@"
  pick ecs/describe-service-revisions "serviceRevisions[].['definition', taskDefinition]" \
    ecs describe-service-revisions --service-revision-arns "$@" >>"$work/definitions"
}

definition() {
  local arn
  shift
  for arn in "$@"; do
    fetch ecs/describe-task-definition "ecs/describe-task-definition/$(plain "${arn##*/}").json" \
      ecs describe-task-definition --task-definition "$arn" &
  done
  wait
}

describe_others() {
  local where=$1 number=$2
  shift 2
  fetch ecs/describe-services "ecs/describe-services/$(plain "$where")-$number.json" \
    ecs describe-services --cluster "$where" --services "$@"
}

# Services of the namespace: a name of theirs may be the callee's too. Those of other accounts cannot be described.
others() {
  local namespace=$1 arn where
  fetch ecs/list-services-by-namespace ecs/list-services-by-namespace.json \
    ecs list-services-by-namespace --namespace "$namespace" --max-results 100
  run ecs/list-services-by-namespace ecs list-services-by-namespace --namespace "$namespace" --max-results 100 \
    --query 'serviceArns[]' --output text | tr '\t' '\n' >"$work/others" || return 0
  { grep -F ":$account:service/" "$work/others" || true; } | sort -u | while IFS= read -r arn; do
    arn=${arn##*:service/}
    # Old ARNs have no cluster in them.
    case $arn in
      "$cluster_name/$caller" | "$cluster_name/$callee") ;;
      */*) printf '%s\t%s\n' "${arn%%/*}" "${arn#*/}" ;;
    esac
  done >"$work/other-services"
  cut -f 1 "$work/other-services" | sort -u >"$work/other-clusters"
  while IFS= read -r where; do
    values "$where" "$work/other-services" | head -n 100 | chunked 10 describe_others "$where"
  done <"$work/other-clusters"
}

cloud_map() {
  local namespace id title resource
  if [ -z "$(values namespace "$work/services")" ]; then
    cover ecs/list-services-by-namespace not_configured 'neither service is in a Service Connect namespace'
    return 0
  fi
  fetch servicediscovery/list-namespaces servicediscovery/list-namespaces.json servicediscovery list-namespaces
  values namespace "$work/services" | while IFS= read -r namespace; do
    others "$namespace" </dev/null &
    case $namespace in
      arn:*) id=${namespace##*/} ;;
      *)
        id=$(pick servicediscovery/list-namespaces "Namespaces[?Name=='$(plain "$namespace")'].['id', Id]" \
          servicediscovery list-namespaces </dev/null | cut -f 2 | head -n 1)
        ;;
    esac
    if [ -n "$id" ]; then
      fetch servicediscovery/get-namespace "servicediscovery/get-namespace/$(plain "$id").json" \
        servicediscovery get-namespace --id "$id" </dev/null
      fetch servicediscovery/list-services "servicediscovery/list-services/$(plain "$id").json" \
        servicediscovery list-services --filters "Name=NAMESPACE_ID,Values=$id" </dev/null
      title=$(pick servicediscovery/get-namespace "Namespace.['name', Name]" \
        servicediscovery get-namespace --id "$id" </dev/null | cut -f 2)
      if [ -n "$title" ]; then
        values endpoint "$work/services" | while IFS= read -r endpoint; do
          fetch servicediscovery/discover-instances "servicediscovery/discover-instances/$(plain "$endpoint").json" \
            servicediscovery discover-instances --namespace-name "$title" --service-name "$endpoint" --health-status ALL </dev/null
        done
      fi
    fi
    wait
  done
  values resource "$work/services" | while IFS= read -r resource; do
    fetch servicediscovery/get-service "servicediscovery/get-service/$(plain "${resource##*/}").json" \
      servicediscovery get-service --id "${resource##*/}" </dev/null
  done
}

# One query per series, all in one call; the list lies beside the answer, which does not tell what it answers.
metric_queries() {
  local number=0 name
  query() { # STATISTIC METRIC NAMESPACE [DIMENSION VALUE]...
    local statistic=$1 metric=$2 namespace=$3 dimensions=''
    shift 3
    while [ $# -gt 0 ]; do
      dimensions="$dimensions${dimensions:+, }{\"Name\": \"$1\", \"Value\": \"$2\"}"
      shift 2
    done
    [ "$number" -eq 0 ] || printf ',\n'
    printf ' {"Id": "m%s", "MetricStat": {"Metric": {"Namespace": "%s", "MetricName": "%s", "Dimensions": [%s]}, "Period": %s, "Stat": "%s"}}' \
      "$number" "$namespace" "$metric" "$dimensions" "$period" "$statistic"
    number=$((number + 1))
  }
  printf '[\n'
  while IFS= read -r name; do
    local metric
    for metric in HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count HTTPCode_Target_5XX_Count \
      TargetProcessedBytes TargetTLSNegotiationErrorCount; do
      query Sum "$metric" AWS/ECS ClusterName "$cluster_name" ServiceName "$caller" TargetDiscoveryName "$name"
    done
    query Average RequestCountPerTarget AWS/ECS ClusterName "$cluster_name" ServiceName "$caller" TargetDiscoveryName "$name"
    for metric in Average Maximum; do
      query "$metric" TargetResponseTime AWS/ECS ClusterName "$cluster_name" ServiceName "$caller" TargetDiscoveryName "$name"
      query "$metric" ActiveConnectionCount AWS/ECS ClusterName "$cluster_name" DiscoveryName "$name" ServiceName "$callee"
    done
    for metric in ClientTLSNegotiationErrorCount GrpcRequestCount NewConnectionCount ProcessedBytes RequestCount; do
      query Sum "$metric" AWS/ECS ClusterName "$cluster_name" DiscoveryName "$name" ServiceName "$callee"
    done
    query Sum RequestCount AWS/ECS DiscoveryName "$name"
  done
  for name in "$caller" "$callee"; do
    for metric in CPUUtilization MemoryUtilization; do
      query Average "$metric" AWS/ECS ClusterName "$cluster_name" ServiceName "$name"
      query Maximum "$metric" AWS/ECS ClusterName "$cluster_name" ServiceName "$name"
    done
    query Minimum LiveTaskCount AWS/ECS ClusterName "$cluster_name" ServiceName "$name"
    query Maximum LiveTaskCount AWS/ECS ClusterName "$cluster_name" ServiceName "$name"
  done
  printf '\n]\n'
}

metrics() {
  local age period=60 names
  # CloudWatch keeps minutes for 15 days, five minutes for 63 days, hours for 455 days.
  age=$((($(date -u +%s) - from_s) / 86400))
  [ "$age" -lt 15 ] || period=300
  [ "$age" -lt 63 ] || period=3600
  names=$(values name "$work/services")
  fetch cloudwatch/list-metrics cloudwatch/list-metrics/caller.json cloudwatch list-metrics --namespace AWS/ECS \
    --dimensions Name=TargetDiscoveryName "Name=ServiceName,Value=$caller" "Name=ClusterName,Value=$cluster_name" &
  fetch cloudwatch/list-metrics cloudwatch/list-metrics/callee.json cloudwatch list-metrics --namespace AWS/ECS \
    --dimensions Name=DiscoveryName "Name=ServiceName,Value=$callee" "Name=ClusterName,Value=$cluster_name" &
  mkdir -p "$out/cloudwatch"
  # Without an endpoint nothing tells the discovery name; that it is the service's is the most common choice.
  printf '%s\n' "${names:-$callee}" | { grep -Ex '[A-Za-z0-9._-]+' || true; } | metric_queries >"$out/cloudwatch/metric-data-queries.json"
  fetch cloudwatch/get-metric-data cloudwatch/get-metric-data.json cloudwatch get-metric-data \
    --start-time "$((from_s / period * period))" --end-time "$(((to_s + period - 1) / period * period))" \
    --metric-data-queries "file://$out/cloudwatch/metric-data-queries.json"
  wait
}

# The proxies' lines of one service: streams <prefix>/ecs-service-connect-<suffix>/<task>.
logs() {
  local side=$1 service=$2 number=0 driver group prefix where input="logs/lines/$1" file
  run "$input" ecs describe-services --cluster "$cluster" --services "$service" --query "services[].deployments[].\
serviceConnectConfiguration[].logConfiguration.[logDriver, options.\"awslogs-group\", options.\"awslogs-stream-prefix\", options.\"awslogs-region\"]" \
    --output text | sort -u >"$work/logs-$side" || return 0
  if [ ! -s "$work/logs-$side" ]; then
    cover "$input" not_configured "the proxies of $service have no logConfiguration"
    return 0
  fi
  while IFS=$'\t' read -r driver group prefix where; do
    if [ "$driver" != awslogs ]; then
      cover "$input" not_collected "the proxies of $service log by the driver $driver"
      continue
    fi
    if [ "$group" = None ] || [ "$prefix" = None ]; then
      cover "$input" not_collected "awslogs-group or awslogs-stream-prefix is not set for the proxies of $service"
      continue
    fi
    [ "$where" != None ] || where=$region
    number=$((number + 1))
    fetch logs/describe-log-groups "logs/describe-log-groups/$side-$number.json" \
      logs describe-log-groups --region "$where" --log-group-name-prefix="$group" </dev/null &
    file="logs/lines/$side/filter-log-events-$number.json"
    # Lines are written when a request ends, which may be a while after it began.
    fetch "$input" "$file" logs filter-log-events --region "$where" --log-group-name="$group" \
      --log-stream-name-prefix="$prefix/ecs-service-connect-" --start-time "${from_s}000" --end-time "$((to_s + 60))000" \
      --max-items "$most_events" </dev/null
    if [ -e "$out/$file" ] && grep -q '^    "NextToken"' "$out/$file"; then
      say "  $group has more than $most_events events: MOST_EVENTS=... takes more"
      cover "$input" partial "more than $most_events events; the latest ones were left"
    fi
  done <"$work/logs-$side"
  wait
}

describe_interfaces() {
  local number=$1
  shift
  fetch ec2/describe-network-interfaces "ec2/describe-network-interfaces/$number.json" \
    ec2 describe-network-interfaces --filters "Name=network-interface-id,Values=$(joined "$@")"
  pick ec2/describe-network-interfaces "[
      NetworkInterfaces[].['subnet', SubnetId],
      NetworkInterfaces[].['vpc', VpcId],
      NetworkInterfaces[].Groups[].['group', GroupId]
    ][]" ec2 describe-network-interfaces --filters "Name=network-interface-id,Values=$(joined "$@")" >>"$work/network"
}

by_group() {
  local number=$1
  shift
  fetch ec2/describe-security-group-rules "ec2/describe-security-group-rules/$number.json" \
    ec2 describe-security-group-rules --filters "Name=group-id,Values=$(joined "$@")"
}

by_subnet() {
  local number=$1
  shift
  fetch ec2/describe-subnets "ec2/describe-subnets/$number.json" \
    ec2 describe-subnets --filters "Name=subnet-id,Values=$(joined "$@")" &
  fetch ec2/describe-network-acls "ec2/describe-network-acls/$number.json" \
    ec2 describe-network-acls --filters "Name=association.subnet-id,Values=$(joined "$@")" &
  fetch ec2/describe-route-tables "ec2/describe-route-tables/$number.json" \
    ec2 describe-route-tables --filters "Name=association.subnet-id,Values=$(joined "$@")"
  wait
}

# The main tables hold for subnets without one of their own.
by_vpc() {
  local number=$1
  shift
  fetch ec2/describe-route-tables "ec2/describe-route-tables/main-$number.json" ec2 describe-route-tables \
    --filters "Name=vpc-id,Values=$(joined "$@")" Name=association.main,Values=true
}

# Changes that AWS noted: from an hour before the window on. CloudTrail answers two lookups per second, so one after the other.
events() {
  local number=0 key value
  while IFS=$'\t' read -r key value; do
    number=$((number + 1))
    fetch cloudtrail/lookup-events "cloudtrail/lookup-events/$number-$(plain "$value").json" \
      cloudtrail lookup-events --lookup-attributes "AttributeKey=$key,AttributeValue=$value" \
      --start-time "$((from_s - 3600))" --end-time "$to_s" --max-items 100 </dev/null
  done
}

scaling() {
  local side=$1 service=$2
  fetch application-autoscaling/describe-scaling-activities "application-autoscaling/describe-scaling-activities/$side.json" \
    application-autoscaling describe-scaling-activities --service-namespace ecs \
    --resource-id "service/$cluster_name/$service" --max-items 100
}

# --- read -------------------------------------------------------------------------------------------------------------------

say "tasks, deployments, Cloud Map, metrics, logs"
clusters &
tasks caller "$caller" &
tasks callee "$callee" &
deployments caller "$caller" &
deployments callee "$callee" &
cloud_map &
metrics &
logs caller "$caller" &
logs callee "$callee" &
wait

say "task definitions, revisions, network"
: >"$work/definitions"
: >"$work/network"
{
  values revision "$work/services" "$work/revisions-caller" "$work/revisions-callee" | chunked 20 describe_revisions
  values definition "$work/services" "$work/tasks-caller" "$work/tasks-callee" "$work/definitions" | chunked 8 definition
} &
values interface "$work/tasks-caller" "$work/tasks-callee" | chunked 200 describe_interfaces
values group "$work/services" "$work/network" | chunked 200 by_group &
values subnet "$work/services" "$work/network" | chunked 200 by_subnet &
values vpc "$work/network" | chunked 200 by_vpc &
scaling caller "$caller" &
scaling callee "$callee" &
{
  printf 'EventName\t%s\n' ModifySecurityGroupRules UpdateService
  values group "$work/services" "$work/network" | awk '{ print "ResourceName\t" $0 }'
} | events &
wait

# --- the manifest, last: a directory without one was not finished ----------------------------------------------------------------

# One entry per input; where an operation was called several times, partial if some calls failed.
sort -u "$work/coverage" | awk -F '\t' '
  function quoted(text) { gsub(/[\001-\037]/, " ", text); gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }
  { if (!($1 in state)) { order[++n] = $1; state[$1] = $2; detail[$1] = $3 }
    else { if (state[$1] != $2) state[$1] = "partial"
           if ($3 != "") detail[$1] = detail[$1] (detail[$1] == "" ? "" : "; ") $3 } }
  END { for (i = 1; i <= n; i++)
      printf "  {\"input\": %s, \"state\": %s, \"detail\": %s}%s\n", quoted(order[i]), quoted(state[order[i]]), quoted(detail[order[i]]), i < n ? "," : "" }
' >"$work/entries"
{
  printf '{"schemaVersion": 1, "edge": {"caller": "%s", "callee": "%s", "cluster": "%s"},\n' "$caller" "$callee" "$cluster_name"
  printf ' "window": {"from": "%s", "to": "%s"}, "region": "%s", "account": "%s",\n' "$from" "$to" "$region" "$account"
  printf ' "collectedAt": "%s", "tool": "collect.sh",\n "coverage": [\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  cat "$work/entries"
  printf ' ]}\n'
} >"$out/manifest.json"

if grep -Eq '"state": "(denied|failed|partial)"' "$work/entries"; then
  say "bundle in $out; what is missing:"
  grep -E '"state": "(denied|failed|partial)"' "$work/entries" >&2
  exit 4
fi
say "bundle in $out"
