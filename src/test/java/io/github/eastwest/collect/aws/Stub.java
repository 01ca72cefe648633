package io.github.eastwest.collect.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.AwsSettings.Access;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An HTTP server that answers what a test told it to, and remembers what it was asked. */
final class Stub implements AutoCloseable {
    static final Map<String, String> KEYS = Map.of(
            "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AWS_REGION", "eu-central-1");

    static {
        // Else every answer waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
    private final Queue<Reply> replies = new ArrayDeque<>();
    private Function<Asked, Reply> rule = request -> new Reply(200, "{}");

    /** A request: the operation's name, the body, the headers by their names in any case, the client's port. */
    record Asked(String operation, String body, Map<String, String> headers, int port) {
        /** A parameter of the query protocols. */
        Optional<String> parameter(String name) {
            for (String pair : body.split("&")) {
                if (pair.startsWith(name + "=")) {
                    return Optional.of(URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8));
                }
            }
            return Optional.empty();
        }
    }

    /** An answer. */
    record Reply(int status, byte[] body, Map<String, String> headers, long delayMillis) {
        Reply(int status, String body) {
            this(status, body.getBytes(StandardCharsets.UTF_8), Map.of(), 0);
        }

        static Reply json(String body) {
            return new Reply(200, body);
        }

        static Reply refused(String code, String message) {
            return new Reply(400, "{\"__type\":\"" + code + "\",\"message\":\"" + message + "\"}");
        }

        Reply after(long millis) {
            return new Reply(status, body, headers, millis);
        }
    }

    Stub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** What STS answers to AssumeRole. */
    static Reply credentials(String key) {
        return new Reply(
                200,
                "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>" + key + "</AccessKeyId>"
                        + "<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>"
                        + "<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>"
                        + "</AssumeRoleResponse>");
    }

    /** Answers these in turn, then the last one again and again. */
    Stub with(Reply... answers) {
        replies.addAll(List.of(answers));
        rule = request -> replies.size() > 1 ? replies.remove() : replies.element();
        return this;
    }

    /** Answers as the function says. */
    Stub with(Function<Asked, Reply> answers) {
        rule = answers;
        return this;
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    AwsSettings settings() {
        Access own = new Access(Optional.empty(), Optional.empty(), Optional.empty());
        return new AwsSettings(own, own, Optional.of(uri()), KEYS);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            String target = headers.getOrDefault("X-Amz-Target", "");
            String operation = target.isEmpty()
                    ? new Asked("", body, Map.of(), 0).parameter("Action").orElse("")
                    : target.substring(target.lastIndexOf('.') + 1);
            Asked request = new Asked(
                    operation, body, headers, exchange.getRemoteAddress().getPort());
            asked.add(request);
            Reply reply;
            synchronized (this) {
                reply = rule.apply(request);
            }
            if (reply.delayMillis() > 0) {
                Thread.sleep(reply.delayMillis());
            }
            byte[] bytes = reply.body();
            reply.headers().forEach(exchange.getResponseHeaders()::add);
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
