package io.github.eastwest.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A cluster of any size on 127.0.0.1, made up as it is asked for: nothing of it is kept, so that an estate of ten thousand
 * edges costs the server no memory. It answers what a health run without closer looks asks of ECS and CloudWatch.
 *
 * <p>Each service calls the {@link #CALLS} that follow it. Of a hundred edges the eighth loses a fifth of its requests and the
 * fourteenth a fiftieth; all others are well.
 *
 * <p>Alone, for a run with a bounded heap: {@code java … io.github.eastwest.aws.Estate 10000} prints its address and waits.
 */
public final class Estate implements AutoCloseable {
    /** Services that each service calls. */
    static final int CALLS = 20;

    private static final int PAGE = 500;
    private static final int HUNDRED = 100;
    private static final int FAILING = 7;
    private static final int DEGRADED = 13;
    private static final int PER_HOUR = 3600;
    private static final String CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/estate";
    private static final List<String> LISTED = List.of(
            "HTTPCode_Target_2XX_Count", "HTTPCode_Target_5XX_Count", "TargetResponseTime", "TargetProcessedBytes");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final int edges;
    private final AtomicInteger dataCalls = new AtomicInteger();
    private final AtomicInteger mostQueries = new AtomicInteger();

    private Estate(int edges) {
        this.edges = edges;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** A cluster with so many edges. */
    public static Estate of(int edges) {
        return new Estate(edges);
    }

    /** Serves until the process is ended. */
    public static void main(String[] arguments) {
        System.out.println(of(Integer.parseInt(arguments[0])).uri());
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    Map<String, String> environment() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", "AKIAESTATE",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "AWS_REGION", "eu-west-1",
                "AWS_ENDPOINT_URL", uri().toString(),
                "AWS_CONFIG_FILE", "/nonexistent/config",
                "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
    }

    int services() {
        return (edges + CALLS - 1) / CALLS;
    }

    /** GetMetricData calls so far. */
    int dataCalls() {
        return dataCalls.get();
    }

    /** Queries of the largest of them. */
    int mostQueries() {
        return mostQueries.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange http) throws IOException {
        try (http) {
            String body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String target = http.getRequestHeaders().getFirst("X-Amz-Target");
            StringBuilder out = new StringBuilder();
            if (target != null) {
                ecs(
                        target.substring(target.indexOf('.') + 1),
                        Documents.read(body.getBytes(StandardCharsets.UTF_8)),
                        out);
            } else {
                Map<String, String> form = form(body);
                if ("ListMetrics".equals(form.get("Action"))) {
                    listMetrics(form, out);
                } else {
                    getMetricData(form, out);
                }
            }
            byte[] bytes = out.toString().getBytes(StandardCharsets.UTF_8);
            http.getResponseHeaders().set("Content-Type", target == null ? "text/xml" : "application/x-amz-json-1.1");
            http.sendResponseHeaders(200, bytes.length);
            try (OutputStream stream = http.getResponseBody()) {
                stream.write(bytes);
            }
        }
    }

    private static Map<String, String> form(String body) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String pair : body.split("&")) {
            int equals = pair.indexOf('=');
            form.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return form;
    }

    private void ecs(String operation, Map<String, Object> request, StringBuilder out) {
        switch (operation) {
            case "ListServices" -> {
                int from = Integer.parseInt(String.valueOf(request.getOrDefault("nextToken", "0")));
                int to = Math.min(services(), from + HUNDRED);
                out.append("{\"serviceArns\":[");
                for (int i = from; i < to; i++) {
                    out.append(i == from ? "\"" : ",\"").append(arn("s" + i)).append('"');
                }
                out.append(to < services() ? "],\"nextToken\":\"" + to + "\"}" : "]}");
            }
            case "DescribeServices" -> {
                out.append("{\"failures\":[],\"services\":[");
                String separator = "";
                for (String arn : Documents.texts(request, "services")) {
                    String name = arn.substring(arn.lastIndexOf('/') + 1);
                    out.append(separator)
                            .append("{\"serviceArn\":\"")
                            .append(arn(name))
                            .append("\",\"serviceName\":\"")
                            .append(name)
                            .append("\",\"clusterArn\":\"")
                            .append(CLUSTER)
                            .append(
                                    "\",\"status\":\"ACTIVE\",\"desiredCount\":2,\"runningCount\":2,\"pendingCount\":0,")
                            .append("\"deployments\":[{\"id\":\"ecs-svc/1\",\"status\":\"PRIMARY\",\"desiredCount\":2,")
                            .append("\"runningCount\":2,\"pendingCount\":0,\"rolloutState\":\"COMPLETED\",")
                            .append("\"serviceConnectConfiguration\":{\"enabled\":true,\"namespace\":\"estate.local\",")
                            .append("\"services\":[{\"portName\":\"http\",\"discoveryName\":\"")
                            .append(name)
                            .append("\"}],\"logConfiguration\":{\"logDriver\":\"awslogs\",\"options\":{}},")
                            .append("\"accessLogConfiguration\":{\"format\":\"JSON\"}}}],\"events\":[");
                    // As many as ECS keeps.
                    for (int i = 0; i < HUNDRED; i++) {
                        out.append(i == 0 ? "" : ",")
                                .append("{\"id\":\"")
                                .append(i)
                                .append("\",\"createdAt\":1763632800,\"message\":\"(service ")
                                .append(name)
                                .append(") has reached a steady state.\"}");
                    }
                    out.append("]}");
                    separator = ",";
                }
                out.append("]}");
            }
            default -> out.append("{}");
        }
    }

    private static String arn(String service) {
        return "arn:aws:ecs:eu-west-1:123456789012:service/estate/" + service;
    }

    private String caller(int edge) {
        return "s" + edge / CALLS;
    }

    private String callee(int edge) {
        return "s" + (edge / CALLS + 1 + edge % CALLS) % services();
    }

    private void listMetrics(Map<String, String> form, StringBuilder out) {
        out.append(
                "<ListMetricsResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><ListMetricsResult><Metrics>");
        String name = form.getOrDefault("MetricName", "");
        int from = Integer.parseInt(form.getOrDefault("NextToken", "0"));
        int to = LISTED.contains(name) ? Math.min(edges, from + PAGE) : from;
        for (int edge = from; edge < to; edge++) {
            out.append("<member><Namespace>AWS/ECS</Namespace><MetricName>")
                    .append(name)
                    .append("</MetricName><Dimensions>");
            dimension("ServiceName", caller(edge), out);
            dimension("ClusterName", "estate", out);
            dimension("TargetDiscoveryName", callee(edge), out);
            out.append("</Dimensions></member>");
        }
        out.append("</Metrics>");
        if (to < edges && to > from) {
            out.append("<NextToken>").append(to).append("</NextToken>");
        }
        out.append("</ListMetricsResult></ListMetricsResponse>");
    }

    private static void dimension(String name, String value, StringBuilder out) {
        out.append("<member><Name>")
                .append(name)
                .append("</Name><Value>")
                .append(value)
                .append("</Value></member>");
    }

    private void getMetricData(Map<String, String> form, StringBuilder out) {
        dataCalls.incrementAndGet();
        long start = Instant.parse(form.get("StartTime")).getEpochSecond();
        long end = Instant.parse(form.get("EndTime")).getEpochSecond();
        out.append(
                "<GetMetricDataResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><GetMetricDataResult>"
                        + "<MetricDataResults>");
        int number = 1;
        for (; form.containsKey("MetricDataQueries.member." + number + ".Id"); number++) {
            String query = "MetricDataQueries.member." + number + ".";
            Map<String, String> dimensions = new TreeMap<>();
            for (int d = 1; d <= 3; d++) {
                String dimension = query + "MetricStat.Metric.Dimensions.member." + d + ".";
                dimensions.put(form.getOrDefault(dimension + "Name", ""), form.getOrDefault(dimension + "Value", ""));
            }
            int caller = Integer.parseInt(dimensions.get("ServiceName").substring(1));
            int callee = Integer.parseInt(dimensions.get("TargetDiscoveryName").substring(1));
            int edge = caller * CALLS + Math.floorMod(callee - caller - 1, services());
            long period = Long.parseLong(form.get(query + "MetricStat.Period"));
            out.append("<member><Id>")
                    .append(form.get(query + "Id"))
                    .append("</Id><Label>")
                    .append(form.get(query + "Label"))
                    .append("</Label><StatusCode>Complete</StatusCode><Timestamps>");
            for (long at = end - period; at >= start; at -= period) {
                out.append("<member>").append(Instant.ofEpochSecond(at)).append("</member>");
            }
            out.append("</Timestamps><Values>");
            String value = value(edge, form.get(query + "MetricStat.Metric.MetricName"), period);
            for (long at = end - period; at >= start; at -= period) {
                out.append("<member>").append(value).append("</member>");
            }
            out.append("</Values></member>");
        }
        int queries = number - 1;
        mostQueries.accumulateAndGet(queries, Math::max);
        out.append("</MetricDataResults></GetMetricDataResult></GetMetricDataResponse>");
    }

    /** A request a second. */
    private static String value(int edge, String metric, long period) {
        long requests = PER_HOUR * period / PER_HOUR;
        long failed = edge % HUNDRED == FAILING ? requests / 5 : edge % HUNDRED == DEGRADED ? requests / 50 : 0;
        return switch (metric) {
            case "HTTPCode_Target_2XX_Count" -> Long.toString(requests - failed);
            case "HTTPCode_Target_5XX_Count" -> Long.toString(failed);
            default -> "25.5";
        };
    }
}
