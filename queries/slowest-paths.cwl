# Which paths are slow? Answered requests by name called and path, with percentiles in milliseconds.
# Run it on either side's log group: the difference between both sides is the network and the proxies. TEXT and JSON.
# Parameters: none.
# Cost: one scan of the log group over the time range you choose.
filter @logStream like "ecs-service-connect-"
| parse @message /^\[\S+Z\] "(?<tMethod>\S+) (?<tPath>[^" ?]+)[^"]*" (?<tCode>\d+) (?<tNumbers>[^"]+) "[^"]*" "[^"]*" "[^"]+" "(?<tName>[^"]+)"/
| parse tNumbers /(?<tMs>\d+) \d+$/
| parse @message /"method": *"(?<jMethod>[^"]+)"/
| parse @message /"path": *"(?<jPath>[^"?]+)/
| parse @message /"response_code": *"?(?<jCode>\d+)/
| parse @message /"duration[_ms]*": *"?(?<jMs>\d+)/
| parse @message /"authority": *"(?<jName>[^"]+)"/
| fields coalesce(tMethod, jMethod) as method, coalesce(tPath, jPath) as path, coalesce(tCode, jCode) as code,
    coalesce(tMs, jMs) as ms, coalesce(tName, jName) as name
| filter ispresent(ms) and code like /^[1-4]/
| stats count(*) as answered, pct(ms, 50) as p50, pct(ms, 99) as p99, max(ms) as slowest by name, method, path
| sort p99 desc
| limit 50
