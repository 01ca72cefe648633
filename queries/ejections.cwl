# Which tasks did the callers' proxies take out of rotation, and why? Ejection events of Envoy's outlier detection; only
# enforced ones changed the traffic. Run it on the caller's log group; access logs need not be on.
# Parameters: none.
# Cost: one scan of the log group over the time range you choose.
filter @logStream like "ecs-service-connect-"
| parse @message /"upstream_url": *"(?<task>[^"]+)"/
| parse @message /"action": *"(?<action>[A-Z]+)"/
| parse @message /"type": *"(?<reason>[^"]+)"/
| parse @message /"cluster_name": *"(?<towards>[^"]+)"/
| parse @message /"enforced": *"?(?<enforced>[a-z]+)/
| filter ispresent(task) and ispresent(action)
| fields @timestamp, @logStream, action, task, reason, enforced, towards
| sort @timestamp asc
| limit 1000
