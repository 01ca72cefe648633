# partners from={{from}} to={{to}}
# Brings back all lines of given requests: what the other proxy wrote about calls that failed.
# Reads the TEXT and the JSON format of Service Connect's access logs, mixed or not, in log groups of both classes:
# an Infrequent Access group discovers no JSON fields, so every field is parsed.
# Keep the first line, filled in, beside the answer: it tells the reader what was asked.
# Parameters:
#   streams  which log streams: @logStream like "<prefix>/ecs-service-connect-", several joined by or
#   from, to start of the requests, from inclusive, to exclusive: 2026-11-21T12:00:00.000Z
#   ids      request ids in quotes, separated by commas, as many as fit
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
| filter ispresent(began) and began >= "{{from}}" and began < "{{to}}" and id in [{{ids}}]
| display @timestamp, @logStream, @message, began
| limit 10000
