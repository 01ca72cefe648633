# What did the proxies write about one request? Run it on the log groups of both sides at once: the caller's line has the
# callee's address as host, the callee's lines (one per attempt) have 127.0.0.1. TEXT and JSON.
# Parameters:
#   id       the X-Request-Id
# Cost: one scan of the log groups over the time range you choose: take a few minutes around the request.
filter @logStream like "ecs-service-connect-"
| filter @message like "{{id}}"
| fields @timestamp, @logStream, @message
| sort @timestamp asc
| limit 100
