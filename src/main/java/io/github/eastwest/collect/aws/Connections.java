package io.github.eastwest.collect.aws;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
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

    private final SdkHttpClient http = UrlConnectionHttpClient.builder()
            .connectionTimeout(CONNECT)
            .socketTimeout(SILENCE)
            .build();
    private final ThreadLocal<Exchanges> threads = new ThreadLocal<>();

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
        ExecutableHttpRequest exchange = http.prepareRequest(request);
        Exchanges exchanges = threads.get();
        if (exchanges == null) {
            return exchange;
        }
        URI uri = request.httpRequest().getUri();
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                exchanges.begin(uri.getScheme() + "://" + uri.getAuthority(), exchange);
                HttpExecuteResponse response = exchange.call();
                exchanges.answered(response.httpResponse().statusCode());
                return HttpExecuteResponse.builder()
                        .response(response.httpResponse())
                        .responseBody(response.responseBody()
                                .map(body -> AbortableInputStream.create(new Counted(body, exchanges), body))
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
    }

    /** A body that counts. */
    private static final class Counted extends FilterInputStream {
        private final Exchanges exchanges;

        Counted(InputStream body, Exchanges exchanges) {
            super(body);
            this.exchanges = exchanges;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            exchanges.read(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            exchanges.read(Math.max(0, count));
            return count;
        }

        @Override
        public void close() throws IOException {
            exchanges.end();
            super.close();
        }
    }
}
