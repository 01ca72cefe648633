package io.github.eastwest.collect.aws;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * The HTTP client of all SDK clients. It counts requests, bounds what is read, and can abort, for each thread's
 * {@link Exchanges}; requests of other threads pass through.
 */
final class Connections implements SdkHttpClient {
    /** A connection within a Region takes milliseconds, around the world under a second. */
    private static final Duration CONNECT = Duration.ofSeconds(3);

    /** How long a silent connection may hold a thread after its call was given up. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private static final Pattern PROXY =
            Pattern.compile("(?i)(?:https?://)?([a-z0-9._-]{1,255}|\\[[0-9a-f:.]{2,45}]):(\\d{1,5})/?");

    private final SdkHttpClient http = client(ProxyConfiguration.builder().build());
    private final SdkHttpClient https;
    private final ThreadLocal<Exchanges> threads = new ThreadLocal<>();

    /**
     * The client.
     *
     * @param environment environment variables: by {@code HTTPS_PROXY} the AWS CLI and others find the proxy to https
     *     endpoints, while the SDK takes {@code HTTP_PROXY} for all
     */
    Connections(Map<String, String> environment) {
        https = Stream.of("HTTPS_PROXY", "https_proxy")
                .flatMap(name -> Optional.ofNullable(environment.get(name)).stream())
                .map(PROXY::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .map(proxy -> client(ProxyConfiguration.builder()
                        .endpoint(URI.create("http://" + proxy.group(1) + ":" + proxy.group(2)))
                        .build()))
                .orElse(http);
    }

    private static SdkHttpClient client(ProxyConfiguration proxy) {
        return UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(SILENCE)
                .proxyConfiguration(proxy)
                .build();
    }

    /** Does something whose requests on this thread belong to the exchanges. */
    <T> T during(Exchanges exchanges, Callable<T> what) throws Exception {
        threads.set(exchanges);
        try {
            return what.call();
        } finally {
            threads.remove();
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        URI uri = request.httpRequest().getUri();
        ExecutableHttpRequest exchange = ("https".equals(uri.getScheme()) ? https : http).prepareRequest(request);
        Exchanges exchanges = threads.get();
        if (exchanges == null) {
            return exchange;
        }
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                exchanges.begin(uri.getScheme() + "://" + uri.getAuthority(), exchange);
                HttpExecuteResponse response = exchange.call();
                SdkHttpResponse head = response.httpResponse();
                exchanges.answered(head.statusCode());
                long length = head.firstMatchingHeader("Content-Length")
                        .filter(value -> value.matches("\\d{1,18}"))
                        .map(Long::valueOf)
                        .orElse(0L);
                return HttpExecuteResponse.builder()
                        .response(head)
                        .responseBody(response.responseBody()
                                .map(body -> AbortableInputStream.create(new Body(body, length, exchanges), body))
                                .orElse(null))
                        .build();
            }

            @Override
            public void abort() {
                exchange.abort();
            }
        };
    }

    @Override
    public String clientName() {
        return http.clientName();
    }

    @Override
    public void close() {
        http.close();
        https.close();
    }

    /** A body that counts, and that ends only at its end: the JDK takes a cut connection for the end. */
    private static final class Body extends FilterInputStream {
        private final Exchanges exchanges;
        private long missing;

        Body(InputStream body, long length, Exchanges exchanges) {
            super(body);
            this.missing = length;
            this.exchanges = exchanges;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = next(bytes, offset, length);
            exchanges.read(Math.max(0, count));
            missing -= Math.max(0, count);
            if (count < 0 && missing > 0) {
                throw new Exchanges.CutException(new EOFException());
            }
            return count;
        }

        private int next(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                throw new Exchanges.CutException(e);
            }
        }

        @Override
        public void close() throws IOException {
            exchanges.end();
            super.close();
        }
    }
}
