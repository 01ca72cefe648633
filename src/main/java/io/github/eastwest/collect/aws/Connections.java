package io.github.eastwest.collect.aws;

import java.io.EOFException;
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
import software.amazon.awssdk.http.SdkHttpResponse;
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
