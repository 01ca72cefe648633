import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Random;

/**
 * Writes access lines of one caller's proxy: its calls to "payments" and the requests into its own application, one percent of them failed
 * in several ways. The same seed gives the same lines; in the formats of stock Envoy and Istio they carry flags and details too.
 *
 * <p>{@code java GenerateLines.java text|json|envoy|istio LINES FILE|-}
 */
public final class GenerateLines {
    private static final String[] AGENTS = {
        "Apache-HttpClient/5.3.1 (Java/21.0.4)", "axios/1.7.7", "Go-http-client/1.1", "python-requests/2.32.3",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    };
    private static final String[] PATHS = {"/orders/", "/api/v1/payments/", "/render/", "/query?id=", "/templates/"};
    private static final String[] METHODS = {"GET", "GET", "GET", "POST", "PUT"};

    public static void main(String[] arguments) throws IOException {
        long lines = Long.parseLong(arguments[1]);
        try (OutputStream out = new BufferedOutputStream(
                arguments[2].equals("-") ? System.out : new FileOutputStream(arguments[2]), 1 << 20)) {
            write(arguments[0], lines, out);
        }
    }

    private static void write(String form, long lines, OutputStream out) throws IOException {
        boolean json = form.equals("json");
        Random random = new Random(20261121);
        long start = Instant.parse("2026-11-21T04:00:00Z").toEpochMilli();
        StringBuilder line = new StringBuilder(512);
        byte[] bytes = new byte[4096];
        String second = "";
        long secondOf = -1;
        for (long i = 0; i < lines; i++) {
            // About 550 requests a second.
            long at = start + i * 20 / 11 + random.nextInt(3);
            if (at / 1000 != secondOf) {
                secondOf = at / 1000;
                second = Instant.ofEpochSecond(secondOf).toString().substring(0, 19);
            }
            boolean inbound = random.nextInt(5) < 2;
            boolean failed = random.nextInt(100) == 0;
            int status = 200;
            long sent = 100 + random.nextInt(20_000);
            long duration = 2 + (long) Math.exp(random.nextGaussian() * 1.1 + 2.5);
            long service = duration - random.nextInt(2);
            String flag = "-";
            String details = "via_upstream";
            String host = inbound ? "127.0.0.1:8080" : "10.0." + random.nextInt(3) + "." + (10 + random.nextInt(8)) + ":8080";
            if (failed) {
                switch (random.nextInt(6)) {
                    case 0 -> {
                        status = 503;
                        sent = 19;
                        service = -1;
                        duration = 0;
                        host = null;
                        flag = "UH";
                        details = "no_healthy_upstream";
                    }
                    case 1 -> {
                        status = 503;
                        sent = 95;
                        service = -1;
                        duration = random.nextInt(5);
                        flag = "UC";
                        details = "upstream_reset_before_response_started{connection_termination}";
                    }
                    case 2 -> {
                        status = 503;
                        sent = 91;
                        service = -1;
                        duration = 1000 + random.nextInt(4);
                        flag = "UF";
                        details = "upstream_reset_before_response_started{connection_timeout}";
                    }
                    case 3 -> {
                        status = 504;
                        sent = 24;
                        service = -1;
                        duration = 15000 + random.nextInt(4);
                        flag = "UT";
                        details = "upstream_response_timeout";
                    }
                    case 4 -> {
                        status = 0;
                        sent = 0;
                        service = -1;
                        duration = 500 + random.nextInt(9000);
                        flag = "DC";
                        details = "downstream_remote_disconnect";
                    }
                    default -> status = 500;
                }
            } else if (random.nextInt(50) == 0) {
                status = 404;
                sent = 150;
            }
            line.setLength(0);
            String method = METHODS[random.nextInt(METHODS.length)];
            String path = PATHS[random.nextInt(PATHS.length)] + random.nextInt(100_000);
            String agent = AGENTS[random.nextInt(AGENTS.length)];
            String authority = inbound ? "orders.example.net" : "payments:8080";
            int received = method.equals("GET") ? 0 : 50 + random.nextInt(4000);
            int millis = (int) (at % 1000);
            if (json) {
                line.append("{\"authority\":\"").append(authority).append("\",\"bytes_received\":").append(received);
                line.append(",\"bytes_sent\":").append(sent).append(",\"duration\":").append(duration);
                line.append(",\"forwarded_for\":null,\"method\":\"").append(method).append("\",\"path\":\"").append(path);
                line.append("\",\"protocol\":\"HTTP/1.1\",\"request_id\":\"");
                id(line, random);
                line.append("\",\"response_code\":").append(status).append(",\"start_time\":\"").append(second);
                fraction(line, millis);
                line.append("\",\"upstream_host\":").append(host == null ? "null" : '"' + host + '"');
                line.append(",\"upstream_service_time\":").append(service < 0 ? "null" : "\"" + service + '"');
                line.append(",\"user_agent\":\"").append(agent).append("\"}\n");
            } else {
                line.append('[').append(second);
                fraction(line, millis);
                line.append("] \"").append(method).append(' ').append(path).append(" HTTP/1.1\" ").append(status).append(' ');
                if (form.equals("envoy")) {
                    line.append(flag).append(' ');
                } else if (form.equals("istio")) {
                    line.append(flag).append(' ').append(details).append(" - \"-\" ");
                }
                line.append(received).append(' ').append(sent).append(' ').append(duration).append(' ');
                line.append(service < 0 ? "-" : Long.toString(service)).append(" \"-\" \"").append(agent).append("\" \"");
                id(line, random);
                line.append("\" \"").append(authority).append("\" \"").append(host == null ? "-" : host).append('"');
                if (form.equals("istio")) {
                    line.append(inbound ? " inbound|8080||" : " outbound|8080||payments.prod.svc.cluster.local");
                    line.append(" 10.0.1.5:41592 10.0.1.5:8080 10.0.2.9:50218 - default");
                }
                line.append('\n');
            }
            int length = line.length();
            for (int c = 0; c < length; c++) {
                bytes[c] = (byte) line.charAt(c);
            }
            out.write(bytes, 0, length);
        }
    }

    private static void fraction(StringBuilder line, int millis) {
        line.append('.').append((char) ('0' + millis / 100)).append((char) ('0' + millis / 10 % 10)).append((char) ('0' + millis % 10)).append('Z');
    }

    private static void id(StringBuilder line, Random random) {
        long high = random.nextLong();
        long low = random.nextLong();
        for (int i = 0; i < 32; i++) {
            if (i == 8 || i == 12 || i == 16 || i == 20) {
                line.append('-');
            }
            long word = i < 16 ? high >>> 4 * i : low >>> 4 * (i - 16);
            line.append("0123456789abcdef".charAt((int) (word & 15)));
        }
    }

    private GenerateLines() {}
}
