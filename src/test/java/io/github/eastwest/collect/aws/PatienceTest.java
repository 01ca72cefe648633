package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.eastwest.collect.Answer;
import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsFailure.Kind;
import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.aws.Stub.Reply;
import io.github.eastwest.model.Side;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is repeated, and when waiting ends. */
class PatienceTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Reply THROTTLED = Reply.refused("ThrottlingException", "Rate exceeded");
    private static final Reply FAILED = new Reply(500, "{\"__type\":\"ServerException\"}");
    private static final Reply SERVICES = Reply.json("{\"serviceArns\":[\"a\"]}");
    private static final Call LIST = Call.of(Operation.LIST_SERVICES, Side.CALLER, Map.of());
    private static final Call QUERY = Call.of(
            Operation.START_QUERY,
            Side.CALLER,
            Map.of("startTime", 0, "endTime", 1, "queryString", "q", "logGroupName", "g"));

    /** Leaves room for a slow machine; what is tested would otherwise take 20 s and more. */
    private static final Duration SOON = Duration.ofSeconds(8);

    private static AwsFailure failure(Aws aws, Call call, Duration within) {
        return catchThrowableOfType(AwsFailure.class, () -> aws.call(call, within));
    }

    private static Duration took(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    @Test
    void throttledCallsAreRepeatedUntilAnswered() throws Exception {
        try (Stub stub = new Stub().with(THROTTLED, THROTTLED, THROTTLED, SERVICES);
                SdkAws aws = SdkAws.open(stub.settings())) {
            Answer answer = aws.call(LIST, LONG);

            assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("a")));
            assertThat(answer.requests()).isEqualTo(4);
        }
    }

    @Test
    void throttledToTheEndSaysSo() {
        try (Stub stub = new Stub().with(THROTTLED);
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThat(failure(aws, LIST, Duration.ofSeconds(2)).kind()).isEqualTo(Kind.THROTTLED);

            assertThat(stub.asked()).hasSizeBetween(2, 20);
        }
    }

    @Test
    void throttledPagesCutShort() throws Exception {
        try (Stub stub = new Stub().with(Reply.json("{\"serviceArns\":[\"a\"],\"nextToken\":\"t\"}"), THROTTLED);
                SdkAws aws = SdkAws.open(stub.settings())) {
            Answer answer = aws.call(LIST, Duration.ofSeconds(2));

            assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("a")));
            assertThat(answer.cutShort()).get().extracting(AwsFailure::kind).isEqualTo(Kind.THROTTLED);
        }
    }

    @Test
    void faultsOfAwsAreRepeatedTwice() throws Exception {
        try (Stub stub = new Stub().with(FAILED, FAILED, SERVICES);
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThat(aws.call(LIST, LONG).requests()).isEqualTo(3);
        }
        try (Stub stub = new Stub().with(FAILED, FAILED, FAILED, SERVICES);
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThat(failure(aws, LIST, LONG).kind()).isEqualTo(Kind.REFUSED);
            assertThat(stub.asked()).hasSize(3);
        }
    }

    @Test
    void cutConnectionsAreRepeatedTwice() throws Exception {
        try (RawServer server = new RawServer(socket -> {});
                SdkAws aws = SdkAws.open(server.settings())) {
            assertThat(failure(aws, LIST, LONG).kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(server.requests()).isEqualTo(3);
        }
    }

    @Test
    void answersCutWithinTheirLengthAreRepeatedTwice() throws Exception {
        try (RawServer server = new RawServer(socket ->
                        RawServer.say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"serviceArns\":[]"));
                SdkAws aws = SdkAws.open(server.settings())) {
            AwsFailure failure = failure(aws, LIST, LONG);

            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure).hasMessageContaining("cut within the answer");
            assertThat(server.requests()).isEqualTo(3);
        }
    }

    @Test
    void noQueryIsStartedTwice() throws Exception {
        try (RawServer server = new RawServer(socket -> {});
                SdkAws aws = SdkAws.open(server.settings())) {
            assertThat(failure(aws, QUERY, LONG).kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(server.requests()).isEqualTo(1);
        }
        try (Stub stub = new Stub().with(FAILED);
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThat(failure(aws, QUERY, LONG).kind()).isEqualTo(Kind.REFUSED);
            assertThat(stub.asked()).hasSize(1);
        }
    }

    @Test
    void aQueryThatWasRefusedForNowIsAskedForAgain() throws Exception {
        try (Stub stub = new Stub()
                        .with(
                                Reply.refused("LimitExceededException", "100 queries run"),
                                Reply.json("{\"queryId\":\"q\"}"));
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThat(aws.call(QUERY, LONG).requests()).isEqualTo(2);
        }
    }

    @Test
    void aClockThatGoesWrongIsSetByTheAnswer() throws Exception {
        String threeHoursOn = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusHours(3));
        String body = "{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired\"}";
        try (RawServer server = new RawServer(socket -> RawServer.say(
                        socket,
                        "HTTP/1.1 400 Bad Request\r\nDate: " + threeHoursOn + "\r\nContent-Length: " + body.length()
                                + "\r\nConnection: close\r\n\r\n" + body));
                SdkAws aws = SdkAws.open(server.settings())) {
            assertThat(failure(aws, LIST, LONG).kind()).isEqualTo(Kind.EXPIRED);

            assertThat(server.requests()).isEqualTo(2);
            assertThat(server.heads().get(0)).doesNotContain(hour(3));
            assertThat(server.heads().get(1)).contains(hour(3));
        }
    }

    /** The beginning of a signed time so many hours from now, up to ten minutes. */
    private static String hour(int hours) {
        return DateTimeFormatter.ofPattern("'X-Amz-Date: 'uuuuMMdd'T'HH")
                .format(ZonedDateTime.now(ZoneOffset.UTC).plusHours(hours));
    }

    @Test
    void deniedIsFinal() {
        try (Stub stub = new Stub().with(Reply.refused("AccessDeniedException", "no"));
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThat(failure(aws, LIST, LONG).kind()).isEqualTo(Kind.DENIED);
            assertThat(stub.asked()).hasSize(1);
        }
    }

    @Test
    void nothingListensThere() throws Exception {
        URI nowhere;
        try (ServerSocket socket = new ServerSocket(0)) {
            nowhere = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        AwsSettings.Access own = new AwsSettings.Access(Optional.empty(), Optional.empty(), Optional.empty());
        long start = System.nanoTime();
        try (SdkAws aws = SdkAws.open(new AwsSettings(own, own, Optional.of(nowhere), Stub.KEYS))) {
            assertThat(failure(aws, LIST, LONG))
                    .hasMessage("ecs:ListServices: " + nowhere + ": connection refused")
                    .extracting(AwsFailure::kind)
                    .isEqualTo(Kind.UNREACHABLE);
        }
        assertThat(took(start)).isLessThan(SOON);
    }

    @Test
    void aSlowAnswerMeetsTheDeadline() {
        long start = System.nanoTime();
        try (Stub stub = new Stub().with(SERVICES.after(15_000));
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThat(failure(aws, LIST, Duration.ofMillis(300)).kind()).isEqualTo(Kind.DEADLINE);
            assertThat(took(start)).isBetween(Duration.ofMillis(300), SOON);
        }
    }

    @Test
    void noTimeIsTooLate() {
        try (Stub stub = new Stub().with(SERVICES);
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThat(failure(aws, LIST, Duration.ZERO).kind()).isEqualTo(Kind.DEADLINE);
        }
    }

    @Test
    void pagesBeforeTheDeadlineAreKept() throws Exception {
        try (Stub stub = new Stub()
                        .with(Reply.json("{\"serviceArns\":[\"a\"],\"nextToken\":\"t\"}"), SERVICES.after(15_000));
                SdkAws aws = SdkAws.open(stub.settings())) {
            Answer answer = aws.call(LIST, Duration.ofSeconds(3));

            assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("a")));
            assertThat(answer.cutShort()).get().extracting(AwsFailure::kind).isEqualTo(Kind.DEADLINE);
            assertThat(answer.requests()).isEqualTo(2);
        }
    }

    @Test
    void anAnswerThatStopsInTheMiddleMeetsTheDeadline() throws Exception {
        long start = System.nanoTime();
        try (RawServer server = new RawServer(socket -> {
                    RawServer.say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"serviceArns\":[");
                    Thread.sleep(60_000);
                });
                SdkAws aws = SdkAws.open(server.settings())) {
            assertThat(failure(aws, LIST, Duration.ofMillis(500)).kind()).isEqualTo(Kind.DEADLINE);
            assertThat(took(start)).isLessThan(SOON);
        }
    }

    @Test
    void anAnswerThatDripsMeetsTheDeadline() throws Exception {
        long start = System.nanoTime();
        try (RawServer server = new RawServer(socket -> {
                    RawServer.say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{\"serviceArns\":[");
                    while (!Thread.currentThread().isInterrupted()) {
                        RawServer.say(socket, " ");
                        Thread.sleep(50);
                    }
                });
                SdkAws aws = SdkAws.open(server.settings())) {
            assertThat(failure(aws, LIST, Duration.ofMillis(500)).kind()).isEqualTo(Kind.DEADLINE);
            assertThat(took(start)).isLessThan(SOON);
        }
    }

    @Test
    void interruptsEndTheCall() throws Exception {
        try (Stub stub = new Stub().with(SERVICES.after(30_000));
                SdkAws aws = SdkAws.open(stub.settings())) {
            AtomicReference<Throwable> ended = new AtomicReference<>();
            Thread caller = new Thread(() -> {
                try {
                    aws.call(LIST, Duration.ofSeconds(60));
                } catch (Exception e) {
                    ended.set(e);
                }
            });
            caller.start();
            while (stub.asked().isEmpty()) {
                Thread.sleep(10);
            }
            caller.interrupt();
            caller.join(SOON.toMillis());

            assertThat(caller.isAlive()).isFalse();
            assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void anAnswerBeyondMemoryIsNotRead() {
        byte[] large = new byte[65 << 20];
        Arrays.fill(large, (byte) ' ');
        try (Stub stub = new Stub().with(new Reply(200, large, Map.of(), 0));
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThat(failure(aws, LIST, Duration.ofSeconds(60)).kind()).isEqualTo(Kind.LIMITED);
            assertThat(stub.asked()).hasSize(1);
        }
    }

    @Test
    void pagesBeyondMemoryAreNotRead() throws Exception {
        // 3 pages of 25 MiB: the third crosses 64 MiB.
        byte[] page = new byte[25 << 20];
        Arrays.fill(page, (byte) ' ');
        AtomicInteger number = new AtomicInteger();
        try (Stub stub = new Stub().with(asked -> {
                    int n = number.incrementAndGet();
                    byte[] text = ("{\"serviceArns\":[\"s" + n + "\"],\"nextToken\":\"t" + n + "\"}")
                            .getBytes(StandardCharsets.UTF_8);
                    byte[] body = page.clone();
                    System.arraycopy(text, 0, body, body.length - text.length, text.length);
                    return new Reply(200, body, Map.of(), 0);
                });
                SdkAws aws = SdkAws.open(stub.settings())) {
            Answer answer = aws.call(LIST, Duration.ofSeconds(60));

            assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("s1", "s2")));
            assertThat(answer.cutShort()).get().extracting(AwsFailure::kind).isEqualTo(Kind.LIMITED);
        }
    }

    @Test
    void afterCloseNothingIsCalled() {
        try (Stub stub = new Stub().with(SERVICES)) {
            SdkAws aws = SdkAws.open(stub.settings());
            aws.close();

            assertThatThrownBy(() -> aws.call(LIST, LONG)).isInstanceOf(RuntimeException.class);
            assertThat(stub.asked()).isEmpty();
        }
    }
}
