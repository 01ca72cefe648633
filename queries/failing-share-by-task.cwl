# Is it one task, or all? Calls and failed calls by the callee's task that the caller's proxy chose ("host"; - or null: none was
# left). Run it on the caller's log group; on the callee's, "stream" tells the task instead. TEXT and JSON.
# Parameters: none.
# Cost: one scan of the log group over the time range you choose.
filter @logStream like "ecs-service-connect-"
| parse @message /^\[\S+Z\] "[^"]*" (?<tCode>\d+) (?<tNumbers>[^"]+) "[^"]*" "[^"]*" "[^"]+" "(?<tName>[^"]+)" "(?<tHost>[^"]+)"/
| parse tNumbers /^(?<tGrpc>[A-Za-z]\S*) /
| parse @message /"response_code": *"?(?<jCode>\d+)/
| parse @message /"grpc_status": *"?(?<jGrpc>[A-Za-z0-9]+)/
| parse @message /"authority": *"(?<jName>[^"]+)"/
| parse @message /"upstream_host": *"?(?<jHost>[^",}]+)/
| fields coalesce(tCode, jCode) as code, coalesce(tGrpc, jGrpc) as grpc, coalesce(tName, jName) as name, coalesce(tHost, jHost) as host
| filter ispresent(code)
| fields least(1, floor(code / 500)) + 1 - least(1, code) as bad
| stats count(*) as calls, sum(bad) as failed, failed * 100 / calls as percent by name, host, grpc, @logStream
| sort failed desc, calls desc
| limit 1000
