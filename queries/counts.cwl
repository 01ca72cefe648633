# counts digits={{digits}} from={{from}} to={{to}}
# Counts the unremarkable requests exactly, by bucket, name called, way and status, with their latencies.
# Unremarkable: answered by the upstream, below 500, gRPC OK, the body done within 100 ms of the headers. All others are
# counted by "errors". "way" is the start of the upstream host: 127. or [::1 is a request into the logging proxy's own
# application. TCP connections have no status and no way; their name is the peer's address.
# Reads the TEXT and the JSON format of Service Connect's access logs, mixed or not, in log groups of both classes:
# an Infrequent Access group discovers no JSON fields, so every field is parsed.
# Keep the first line, filled in, beside the answer: it tells the reader what was asked.
# Parameters:
#   streams  which log streams: @logStream like "<prefix>/ecs-service-connect-", several joined by or
#   from, to start of the requests, from inclusive, to exclusive: 2026-11-21T12:00:00.000Z
#   digits   characters of the start time that make a bucket: 19 a second, 18 ten, 16 a minute, 15 ten, 13 an hour
# Cost: one scan of the log group over the time range.
filter {{streams}}
| parse @message /^\[(?<tBegan>[^\]]+Z)\] "(?<tRequest>[^"]*)" (?<tCode>\d+) (?<tNumbers>[^"]+) "[^"]*" "[^"]*" "(?<tId>[^"]+)" "(?<tName>[^"]+)" "(?<tHost>[^"]+)"/
| parse tNumbers /^(?<tGrpc>[A-Za-z]\S*) /
| parse tNumbers /(?<tSent>\d+) (?<tMs>\d+) (?<tService>\S+)$/
| parse @message /^\[(?<cBegan>[^\]]+Z)\] (?<cPeer>[^" ]+):\d+ \S+ \d+ (?<cSent>\d+) (?<cMs>\d+) \S+ \S+$/
| parse @message /"start_time": *"(?<jBegan>[^"]+Z)"/
| parse @message /"method": *"(?<jMethod>[^"]+)"/
| parse @message /"protocol": *"(?<jProtocol>[^"]+)"/
| parse @message /"response_code": *"?(?<jCode>\d+)/
| parse @message /"response_flags": *"(?<jFlags>[A-Z][^"]*)"/
| parse @message /"grpc_status": *"?(?<jGrpc>[A-Za-z0-9]+)/
| parse @message /"bytes_sent": *"?(?<jSent>\d+)/
| parse @message /"duration[_ms]*": *"?(?<jMs>\d+)/
| parse @message /"upstream_service_time": *"?(?<jService>\d+)/
| parse @message /"request_id": *"(?<jId>[^"]+)"/
| parse @message /"authority": *"(?<jName>[^"]+)"/
| parse @message /"upstream_host": *"(?<jHost>[^"]+)"/
| parse @message /"downstream_remote_address": *"(?<jPeer>[^"]+):\d+"/
| fields coalesce(tBegan, cBegan, jBegan) as began, coalesce(tRequest, jMethod) as asked, coalesce(tRequest, jProtocol) as spoken,
    coalesce(tCode, jCode) as code, coalesce(tGrpc, jFlags, jGrpc) as grpc, coalesce(tSent, cSent, jSent) as sent,
    coalesce(tMs, cMs, jMs) as ms, coalesce(tService, jService) as service, coalesce(tId, jId) as id,
    coalesce(tName, jName, cPeer, jPeer) as name, coalesce(tHost, jHost) as host
| filter ispresent(began) and began >= "{{from}}" and began < "{{to}}" and not (
    (not ispresent(code) and ispresent(sent) and sent like /^0$/)
    or (ispresent(code) and (code like /^[05]/ or code like /^408$/ or (code like /^404$/ and sent like /^0$/)
      or not ispresent(ms) or not ispresent(service) or service = "-" or not ispresent(host) or host = "-"
      or not ispresent(name) or name = "-" or (ispresent(grpc) and grpc not in ["OK", "0", "null"])
      or (code like /^200$/ and sent like /^0$/ and ispresent(asked) and asked like /^POST/
        and ispresent(spoken) and spoken like /HTTP.2[^ ]*$/)
      or ms - service >= 100)))
| fields substr(began, 0, {{digits}}) as bucket, substr(host, 0, 4) as way
| stats count(*) as lines, pct(ms, 50) as p50, pct(ms, 90) as p90, pct(ms, 99) as p99, max(ms) as slowest by bucket, name, way, code
| limit 10000
