package io.github.eastwest.publish;

import io.github.eastwest.model.EastwestException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** An incoming webhook of Slack. Whoever knows its address can write to the channel, so it is never printed. */
public final class SlackSink {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final int TRIES = 2;
    private static final int TOO_MANY = 429;
    private static final int SERVER_FAULT = 500;

    private final URI address;

    private SlackSink(URI address) {
        this.address = address;
    }

    /**
     * A webhook.
     *
     * @param address its URL; https, or http to this machine
     * @param where where the URL was found, for messages
     * @throws EastwestException of kind USAGE if it is none
     */
    public static SlackSink of(String address, String where) {
        try {
            URI uri = URI.create(address.strip());
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            boolean local = uri.getHost() != null && LOOPBACK.contains(uri.getHost());
            if (uri.getHost() != null && (scheme.equals("https") || scheme.equals("http") && local)) {
                return new SlackSink(uri);
            }
        } catch (IllegalArgumentException none) {
            // Told below, without the text: most of a wrong address may be the secret of the right one.
        }
        throw new EastwestException(
                EastwestException.Kind.USAGE,
                where + " holds no https URL",
                "It looks like https://hooks.slack.com/services/\u2026; the URL itself is not printed.");
    }

    /**
     * Posts a message; once more where Slack is too busy or at fault.
     *
     * @param json a message of Block Kit
     * @throws SinkFailure if Slack does not take it
     * @throws InterruptedException if this thread was interrupted
     */
    public void post(byte[] json) throws SinkFailure, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(ANSWER)
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                .build();
        for (int tries = 1; ; tries++) {
            int status;
            try {
                status = client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            } catch (IOException fault) {
                // Its message may hold the address.
                throw new SinkFailure("cannot notify Slack: " + fault.getClass().getSimpleName());
            }
            if (status / 100 == 2) {
                return;
            }
            boolean passing = status == TOO_MANY || status >= SERVER_FAULT;
            if (!passing || tries == TRIES) {
                throw new SinkFailure("cannot notify Slack: it answered " + status);
            }
            Thread.sleep(Duration.ofSeconds(1).toMillis());
        }
    }
}
