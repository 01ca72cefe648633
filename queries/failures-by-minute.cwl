# When did calls fail, and how? Failed requests by minute and fingerprint: name called, status, gRPC status, length of the
# body (19 no healthy upstream, 24 timeout, 81 overflow, 91 connect timeout, 95 connection lost ...) and host chosen.
# Run it on the caller's log group first. TEXT and JSON.
# Parameters: none.
# Cost: one scan of the log group over the time range you choose.
filter @logStream like "ecs-service-connect-"
| parse @message /^\[\S+Z\] "[^"]*" (?<tCode>\d+) (?<tNumbers>[^"]+) "[^"]*" "[^"]*" "[^"]+" "(?<tName>[^"]+)" "(?<tHost>[^"]+)"/
| parse tNumbers /^(?<tGrpc>[A-Za-z]\S*) /
| parse tNumbers /(?<tSent>\d+) \d+ \S+$/
| parse @message /"response_code": *"?(?<jCode>\d+)/
| parse @message /"grpc_status": *"?(?<jGrpc>[A-Za-z0-9]+)/
| parse @message /"bytes_sent": *"?(?<jSent>\d+)/
| parse @message /"authority": *"(?<jName>[^"]+)"/
| parse @message /"upstream_host": *"?(?<jHost>[^",}]+)/
| fields coalesce(tCode, jCode) as code, coalesce(tGrpc, jGrpc) as grpc, coalesce(tSent, jSent) as sent,
    coalesce(tName, jName) as name, substr(coalesce(tHost, jHost), 0, 4) as way
| filter ispresent(code) and (code like /^[05]/ or (ispresent(grpc) and grpc not in ["OK", "0", "null"])
    or (code like /^404$/ and way in ["-", "null"]))
| stats count(*) as failed by bin(1m) as at, name, code, grpc, sent, way
| sort at asc, failed desc
| limit 1000
