package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logs by Logs Insights: when, at what cost, and that no query is left running. */
class CollectorQueriesTest {
    private static final double GB = 1e9;

    private static ScriptedAws checkout() {
        return new ScriptedAws(new BundleAws(Requests.CHECKOUT));
    }

    private static Object field(String name, String value) {
        return OrderedMap.of("field", name, "value", value);
    }

    @Test
    void readsASmallGroupLineByLineForNothing() throws InterruptedException {
        ScriptedAws aws = checkout().logs("STANDARD", LogLines.MOST_BYTES);

        Collected collected = Requests.checkout().collect(aws);

        assertThat(aws.started()).isEmpty();
        assertThat(collected.cost().scanExpected()).hasValue(0);
        assertThat(Statements.files(collected, "logs/lines/caller")).hasSize(2);
    }

    @Test
    void queriesALargerGroup() throws InterruptedException {
        ScriptedAws aws = checkout().logs("STANDARD", LogLines.MOST_BYTES + 1);

        Collected collected = Requests.checkout().collect(aws);

        assertThat(aws.calls(Operation.FILTER_LOG_EVENTS)).isEmpty();
        assertThat(collected.bundle().files())
                .containsKeys(
                        "logs/insights/counts/caller.json",
                        "logs/insights/errors/callee.cwl",
                        "logs/insights/lines/callee.json");
        assertThat(Statements.states(collected)).containsEntry("logs/lines/caller", "complete");
    }

    @Test
    void queriesASmallGroupOfInfrequentAccess() throws InterruptedException {
        ScriptedAws aws = checkout().logs("INFREQUENT_ACCESS", 1000);

        Requests.checkout().collect(aws);

        assertThat(aws.calls(Operation.FILTER_LOG_EVENTS)).isEmpty();
        // Two sides, three queries each.
        assertThat(aws.started()).hasSize(6);
    }

    @Test
    void turnsToQueriesWhenFilteringIsDenied() throws InterruptedException {
        ScriptedAws aws = checkout()
                .fail(call -> call.operation() == Operation.FILTER_LOG_EVENTS, AwsFailure.Kind.DENIED, "AccessDenied");

        Collected collected = Requests.checkout().collect(aws);

        assertThat(aws.started()).hasSize(6);
        assertThat(Statements.states(collected)).containsEntry("logs/lines/caller", "complete");
    }

    @Test
    void readsLineByLineWhatMayNotBeQueried() throws InterruptedException {
        ScriptedAws aws = checkout()
                .logs("STANDARD", 10 * GB)
                .fail(call -> call.operation() == Operation.START_QUERY, AwsFailure.Kind.DENIED, "AccessDenied");

        Collected collected = Requests.checkout().collect(aws);

        assertThat(Statements.files(collected, "logs/lines/caller")).hasSize(2);
        assertThat(Statements.states(collected)).containsEntry("logs/lines/caller", "complete");
    }

    @Test
    void costsWhatItSays() throws InterruptedException {
        ScriptedAws aws = checkout().logs("INFREQUENT_ACCESS", 2 * GB).scannedPerPoll(500_000_000);

        CostEstimate cost = Requests.checkout().collect(aws).cost();

        // Three scans of 2 GB on each of two sides; the two sides' group is one.
        assertThat(cost.scanExpected()).hasValue((long) (12 * GB));
        assertThat(cost.logBytes()).hasValue((long) (2 * GB));
        // Each of six queries is asked twice: Running, then Complete, with 1 GB scanned.
        assertThat(cost.scanned()).isEqualTo((long) (6 * GB));
        // 0.005 USD per GB, 0.01 USD per 1,000 metrics.
        assertThat(cost.spentUsd()).isCloseTo(6 * 0.005 + cost.metrics() * 0.00001, within(1e-9));
    }

    @Test
    void doesNotStartWhatWouldCostTooMuch() throws InterruptedException {
        // 40 GB, three times on each side: 0.60 USD a side. The caller fits into 1 USD, the callee no more.
        ScriptedAws aws = checkout().logs("INFREQUENT_ACCESS", 40 * GB);

        Collected collected = Requests.checkout().collect(aws);

        assertThat(collected.stoppedAtCost()).isTrue();
        assertThat(aws.started()).hasSize(3);
        Map<String, String> states = Statements.states(collected);
        assertThat(states)
                .containsEntry("logs/lines/caller", "complete")
                .containsEntry("logs/lines/callee", "not_collected")
                .containsEntry("ecs/describe-tasks", "complete");
        assertThat(Statements.detail(collected, "logs/lines/callee"))
                .contains("120.0 GB would cost 0.60 USD")
                .contains("allow --max-cost 1.21");
    }

    @Test
    void theCapThatIsNamedIsEnough() throws InterruptedException {
        Collected collected =
                Requests.checkout().maxCost(1.21).collect(checkout().logs("INFREQUENT_ACCESS", 40 * GB));

        assertThat(collected.stoppedAtCost()).isFalse();
        assertThat(Statements.states(collected)).containsEntry("logs/lines/callee", "complete");
    }

    @Test
    void withoutMoneyReadsLineByLineAndSaysThatItStopped() throws InterruptedException {
        ScriptedAws aws = checkout().logs("STANDARD", 1);

        Collected collected = Requests.checkout().maxCost(0).collect(aws);

        assertThat(collected.stoppedAtCost()).isTrue();
        assertThat(aws.calls(Operation.GET_METRIC_DATA)).isEmpty();
        assertThat(aws.started()).isEmpty();
        assertThat(Statements.states(collected))
                .containsEntry("cloudwatch/get-metric-data", "not_collected")
                .containsEntry("logs/lines/caller", "complete");
    }

    @Test
    void stopsQueriesOfUnknownVolumeWhenTheyExceedTheCost() throws InterruptedException {
        ScriptedAws aws = checkout()
                .fail(call -> call.operation() == Operation.GET_METRIC_DATA, AwsFailure.Kind.DENIED, "AccessDenied")
                .when(call -> call.operation() == Operation.FILTER_LOG_EVENTS, (call, within) -> {
                    throw BundleAws.failure(AwsFailure.Kind.REFUSED, "InvalidOperationException");
                })
                .polls(1_000_000)
                .scannedPerPoll((long) (60 * GB));

        Collected collected = Requests.checkout().collect(aws);

        assertThat(collected.stoppedAtCost()).isTrue();
        assertThat(collected.cost().scanExpected()).isEmpty();
        assertThat(aws.stopped()).isEqualTo(aws.started()).isNotEmpty();
        assertThat(Statements.states(collected)).containsEntry("logs/lines/caller", "partial");
        assertThat(Statements.detail(collected, "logs/lines/caller")).contains("stopped at --max-cost");
    }

    @Test
    void stopsQueriesThatDoNotEndInTime() throws InterruptedException {
        ScriptedAws aws = checkout().logs("INFREQUENT_ACCESS", 1).polls(1_000_000);

        Collected collected = Requests.checkout().timeout(Duration.ofSeconds(5)).collect(aws);

        assertThat(aws.stopped()).isEqualTo(aws.started()).hasSize(4);
        assertThat(Statements.detail(collected, "logs/lines/caller")).contains("did not end in time");
        assertThat(Statements.states(collected)).containsEntry("logs/lines/caller", "partial");
    }

    /** Collects in a thread of its own until the queries run. */
    private static Thread untilQueriesRun(ScriptedAws aws, Collector collector, AtomicReference<Object> outcome)
            throws InterruptedException {
        CountDownLatch polled = ScriptedAws.latch(aws, call -> call.operation() == Operation.GET_QUERY_RESULTS, 4);
        Thread thread = new Thread(() -> {
            try {
                outcome.set(collector.collect(Requests.checkout().request()));
            } catch (InterruptedException | RuntimeException e) {
                outcome.set(e);
            }
        });
        thread.start();
        assertThat(polled.await(30, TimeUnit.SECONDS)).isTrue();
        return thread;
    }

    @Test
    void interruptionStopsQueries() throws InterruptedException {
        ScriptedAws aws = checkout().logs("INFREQUENT_ACCESS", 1).polls(1_000_000);
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread thread = untilQueriesRun(aws, new Collector(aws, Progress.NONE), outcome);

        thread.interrupt();
        thread.join(20_000);

        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        assertThat(aws.stopped()).isEqualTo(aws.started()).hasSize(4);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("collect-"));
    }

    @Test
    void interruptionStopsAQueryThatIsJustBeingStarted() throws InterruptedException {
        CountDownLatch starting = new CountDownLatch(1);
        ScriptedAws aws = checkout().logs("INFREQUENT_ACCESS", 1).polls(1_000_000);
        ScriptedAws slow = new ScriptedAws(aws)
                .when(call -> call.operation() == Operation.START_QUERY, (call, within) -> {
                    starting.countDown();
                    Thread.sleep(500);
                    return aws.call(call, within);
                })
                .when(
                        call -> call.operation() == Operation.STOP_QUERY
                                || call.operation() == Operation.GET_QUERY_RESULTS,
                        aws::call);
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                outcome.set(Requests.checkout().collect(slow));
            } catch (InterruptedException | RuntimeException e) {
                outcome.set(e);
            }
        });
        thread.start();
        assertThat(starting.await(30, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();
        thread.join(20_000);

        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        assertThat(aws.started()).isNotEmpty();
        assertThat(aws.stopped()).isEqualTo(aws.started());
    }

    @Test
    void stoppingFromOutsideStopsQueriesAndEndsTheCollection() throws InterruptedException {
        ScriptedAws aws = checkout().logs("INFREQUENT_ACCESS", 1).polls(1_000_000);
        Collector collector = new Collector(aws, Progress.NONE);
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread thread = untilQueriesRun(aws, collector, outcome);

        collector.stop();

        assertThat(aws.stopped()).isEqualTo(aws.started()).hasSize(4);
        thread.join(20_000);
        assertThat(outcome.get()).isInstanceOf(Collected.class);
    }

    @Test
    void choosesTheSampleByTheExactNumbersTheSameOnBothSides() throws InterruptedException {
        // 100,000 unremarkable lines: a quarter is more than 20,000, an eighth is not.
        ScriptedAws aws = checkout()
                .logs("INFREQUENT_ACCESS", 1)
                .rows(Map.of(
                        "counts", List.of(List.of(field("bucket", "2026-11-21T12:48"), field("lines", "100000"))),
                        "errors", List.of(List.of(field("bucket", "2026-11-21T12:48"), field("lines", "24000")))));

        Requests.checkout().collect(aws);

        List<String> lines = texts(aws, "lines");
        assertThat(lines).allMatch(text -> text.contains(" sample=" + Insights.classes(3) + " "));
        // 24,000 remarkable lines all come back.
        assertThat(lines).allMatch(text -> text.contains(" failures=[0-9A-Za-z] "));
    }

    @Test
    void slicesTheLinesByTimeWhereAnAnswerCannotHoldThem() throws InterruptedException {
        // All of an 8th of 100,000 and of 24,000: 36,500 rows a side, 6,000 per answer.
        ScriptedAws aws = checkout()
                .logs("INFREQUENT_ACCESS", 1)
                .rows(Map.of(
                        "counts", eachSecond(100_000 / 90),
                        "errors", eachSecond(24_000 / 90)));

        Collected collected = Requests.checkout().collect(aws);

        List<String> slices = Statements.files(collected, "logs/insights/lines").stream()
                .filter(path -> path.contains("caller") && path.endsWith(".json"))
                .toList();
        assertThat(slices).hasSizeBetween(7, 12).allMatch(path -> path.endsWith("of" + slices.size() + ".json"));
        List<Call> calls = aws.calls(Operation.START_QUERY).stream()
                .filter(call -> text(call).startsWith("# lines") && text(call).contains("checkout/"))
                .sorted((a, b) -> Long.compare(start(a), start(b)))
                .toList();
        // Neighbours share a second: which side an event on the bound belongs to is AWS's to say.
        for (int i = 1; i < calls.size(); i++) {
            assertThat(start(calls.get(i)))
                    .isLessThanOrEqualTo(((Number) calls.get(i - 1).parameters().get("endTime")).longValue());
        }
        assertThat(start(calls.get(0)))
                .isEqualTo(Requests.checkout().request().window().from().getEpochSecond());
    }

    /** Rows of a window of 90 s. */
    private static List<Object> eachSecond(int lines) {
        Instant from = Requests.checkout().request().window().from();
        return IntStream.range(0, 90)
                .mapToObj(second -> (Object) List.of(
                        field("bucket", from.plusSeconds(second).toString().substring(0, 19)),
                        field("lines", Integer.toString(lines))))
                .toList();
    }

    private static long start(Call call) {
        return ((Number) call.parameters().get("startTime")).longValue();
    }

    private static String text(Call call) {
        return String.valueOf(call.parameters().get("queryString"));
    }

    private static List<String> texts(ScriptedAws aws, String name) {
        return aws.calls(Operation.START_QUERY).stream()
                .map(CollectorQueriesTest::text)
                .filter(text -> text.startsWith("# " + name + " "))
                .toList();
    }

    @Test
    void looksUpFailedCallsOutsideTheSampleOnTheOtherSide() throws InterruptedException {
        String failed = line("aaaa-7777", 504, "\"10.42.4.215:8080\"");
        String sampled = line("aaaa-0000", 504, "\"10.42.4.215:8080\"");
        String nowhere = line("aaaa-8888", 503, "null");
        String answered = line("bbbb-7777", 200, "\"10.42.4.215:8080\"");
        ScriptedAws aws = checkout().logs("INFREQUENT_ACCESS", 1);
        ScriptedAws sides = new ScriptedAws(aws)
                .when(
                        call -> call.operation() == Operation.GET_QUERY_RESULTS
                                && String.valueOf(call.parameters().get("queryId"))
                                        .startsWith("counts"),
                        (call, within) -> results(
                                List.of(List.of(field("bucket", "2026-11-21T12:48"), field("lines", "400000")))))
                .when(
                        call -> call.operation() == Operation.START_QUERY
                                && text(call).startsWith("# lines")
                                && text(call).contains("checkout/"),
                        (call, within) -> new Answer(OrderedMap.of("queryId", "callers"), Optional.empty(), 1))
                .when(
                        call -> "callers".equals(call.parameters().get("queryId")),
                        (call, within) -> results(List.of(failed, sampled, nowhere, answered).stream()
                                .map(message -> (Object) List.of(field("@message", message)))
                                .toList()))
                .when(call -> call.operation().service().equals("logs"), aws::call);

        Requests.checkout().collect(sides);

        List<String> lookups = texts(aws, "partners");
        assertThat(lookups).hasSize(1);
        assertThat(lookups.get(0)).contains("payments/").contains("[\"aaaa-7777\"]");
        // Two seconds before the request, to a minute after its end: no need to scan the whole window.
        Call lookup = sides.calls(Operation.START_QUERY).stream()
                .filter(call -> text(call).startsWith("# partners"))
                .findFirst()
                .orElseThrow();
        assertThat(start(lookup))
                .isEqualTo(Instant.parse("2026-11-21T12:48:08Z").getEpochSecond());
        assertThat(lookup.parameters().get("endTime"))
                .isEqualTo(Instant.parse("2026-11-21T12:49:11Z").getEpochSecond());
    }

    private static String line(String id, int status, String host) {
        return "{\"authority\":\"payments:8080\",\"bytes_sent\":24,\"duration\":250,\"method\":\"GET\",\"path\":\"/\","
                + "\"protocol\":\"HTTP/1.1\",\"request_id\":\"" + id + "\",\"response_code\":" + status
                + ",\"start_time\":\"2026-11-21T12:48:10.000Z\",\"upstream_host\":" + host
                + ",\"upstream_service_time\":" + (status == 200 ? "\"250\"" : "null") + "}";
    }

    private static Answer results(List<Object> rows) {
        return new Answer(OrderedMap.of("results", rows, "status", "Complete"), Optional.empty(), 1);
    }

    @Test
    void tellsHowFarTheQueriesAre() throws InterruptedException {
        List<String> polled = Collections.synchronizedList(new ArrayList<>());
        Progress progress = new Progress() {
            @Override
            public void started(String source) {}

            @Override
            public void finished(String source, Coverage.State state, Duration took) {}

            @Override
            public void polled(String source, String status, long bytesScanned) {
                polled.add(source + " " + status + " " + bytesScanned);
            }
        };
        ScriptedAws aws = checkout().logs("INFREQUENT_ACCESS", 1);

        new Collector(aws, progress).collect(Requests.checkout().request());

        assertThat(polled)
                .contains("logs/insights/counts/caller Running 1000", "logs/insights/errors/callee Complete 2000");
    }

    /** Hexadecimal, decimal and base-32 ids, 100,000 of each with a fixed seed. */
    @ParameterizedTest
    @CsvSource({
        "0123456789abcdef, 0, 1",
        "0123456789abcdef, 1, 0.5",
        "0123456789abcdef, 3, 0.125",
        "0123456789abcdef, 4, 0.0625",
        "0123456789abcdef, 6, 0.015625",
        "0123456789ABCDEF, 2, 0.25",
        // 0 to 3 of ten digits.
        "0123456789, 2, 0.4",
        // 0 to 3, g, h, j (i is missing), w, x, y, z: 4 + 3 + 4 of 32.
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ, 2, 0.34375"
    })
    void takesTheShareOfIdsThatItSays(String alphabet, int steps, double share) {
        Pattern sampled = Pattern.compile(Insights.classes(steps) + "[^0-9A-Za-z]*$");
        Random random = new Random(7);
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            StringBuilder id = new StringBuilder();
            for (int j = 0; j < 8; j++) {
                id.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            taken += sampled.matcher(id).find() ? 1 : 0;
        }
        assertThat(taken / 100_000.0).isCloseTo(share, within(0.005));
    }

    @Test
    void takesHalfOfTheSameIdsWithEachStep() {
        // What a sample takes, a larger one takes too.
        List<String> ids = IntStream.range(0, 65_536)
                .mapToObj(i -> String.format("%04x", i))
                .toList();
        for (int steps = 1; steps <= 12; steps++) {
            Pattern more = Pattern.compile(Insights.classes(steps - 1) + "$");
            Pattern fewer = Pattern.compile(Insights.classes(steps) + "$");
            List<String> taken =
                    ids.stream().filter(id -> fewer.matcher(id).find()).toList();
            assertThat(taken)
                    .hasSize(65_536 >> steps)
                    .allMatch(id -> more.matcher(id).find());
        }
    }

    @Test
    void samplesAnsweredRequestsNoMoreOftenThanRemarkableOnes() throws InterruptedException {
        // 24,000 remarkable lines fit, 384,000 do not: every 16th. All lines of a sampled request come back, so a
        // larger
        // sample would bring all of those after all.
        ScriptedAws aws = checkout()
                .logs("INFREQUENT_ACCESS", 1)
                .rows(Map.of(
                        "counts", List.of(List.of(field("bucket", "2026-11-21T12:48"), field("lines", "10"))),
                        "errors", List.of(List.of(field("bucket", "2026-11-21T12:48"), field("lines", "384000")))));

        Requests.checkout().collect(aws);

        assertThat(texts(aws, "lines"))
                .isNotEmpty()
                .allMatch(text -> text.contains(" failures=" + Insights.classes(4) + " "))
                .allMatch(text -> text.contains(" sample=" + Insights.classes(4) + " "));
    }

    @Test
    void aDryRunOnlyReadsWhatIsFreeAndTheVolume() throws InterruptedException {
        ScriptedAws aws = checkout().logs("STANDARD", 10 * GB);

        Collected collected = Requests.checkout().dryRun().collect(aws);

        assertThat(aws.operations())
                .containsExactlyInAnyOrder(
                        Operation.DESCRIBE_SERVICES,
                        Operation.LIST_NAMESPACES,
                        Operation.DESCRIBE_LOG_GROUPS,
                        Operation.GET_METRIC_DATA);
        assertThat(aws.calls(Operation.GET_METRIC_DATA))
                .flatExtracting(call -> Field.of(call.parameters()).at("MetricDataQueries").items().stream()
                        .map(query -> query.at("MetricStat")
                                .at("Metric")
                                .at("MetricName")
                                .textOrEmpty())
                        .toList())
                .containsExactly("IncomingBytes", "IncomingLogEvents");
        assertThat(collected.bundle().files()).isEmpty();
        // Per side three scans, and one for the other side's failed calls: 2 x 4 x 10 GB.
        assertThat(collected.cost().scanExpected()).hasValue((long) (80 * GB));
        assertThat(collected.cost().expectedUsd().orElseThrow()).isCloseTo(0.40, within(0.001));
        assertThat(collected.cost().scanned()).isZero();
    }

    @Test
    void aDryRunNamesTheWholeCostWhateverTheCap() throws InterruptedException {
        Collected dry =
                Requests.checkout().maxCost(0.10).dryRun().collect(checkout().logs("INFREQUENT_ACCESS", 10 * GB));

        // As above; a run with that cap would not ask.
        assertThat(dry.cost().expectedUsd().orElseThrow()).isCloseTo(0.40, within(0.001));
        assertThat(dry.stoppedAtCost()).isFalse();
    }

    @Test
    void aDryRunWhereNothingMayCostCostsNothing() throws InterruptedException {
        ScriptedAws aws = checkout().logs("STANDARD", 10 * GB);

        Collected dry = Requests.checkout().maxCost(0).dryRun().collect(aws);

        assertThat(aws.operations()).doesNotContain(Operation.GET_METRIC_DATA);
        assertThat(dry.stoppedAtCost()).isTrue();
    }

    @Test
    void aDryRunPlansWhatARunCalls() throws InterruptedException {
        Collected run = Requests.checkout().collect(checkout());

        Collected dry = Requests.checkout().dryRun().collect(checkout());

        assertThat(dry.calls())
                .extracting(PlannedCall::operation)
                .containsAll(run.calls().stream().map(PlannedCall::operation).toList());
        assertThat(dry.calls())
                .filteredOn(PlannedCall::made)
                .extracting(PlannedCall::operation)
                .containsOnly(Operation.DESCRIBE_SERVICES, Operation.LIST_NAMESPACES, Operation.DESCRIBE_LOG_GROUPS);
        assertThat(dry.calls())
                .extracting(PlannedCall::command)
                .contains("aws ecs describe-tasks --cluster prod --tasks TASK_ARN");
    }

    @Test
    void sidesThatShareOnePrefixAreToldApartByTheirTasks() throws InterruptedException {
        // Both services log under the prefix of the callee.
        BundleAws account = new BundleAws(Requests.CHECKOUT);
        ScriptedAws aws = new ScriptedAws(account)
                .when(call -> call.operation() == Operation.DESCRIBE_SERVICES, (call, within) -> {
                    String json = OneLineJson.of(account.call(call, within).document());
                    return new Answer(
                            BundleAws.read(json.replace(
                                    "\"awslogs-stream-prefix\":\"checkout\"",
                                    "\"awslogs-stream-prefix\":\"payments\"")),
                            Optional.empty(),
                            1);
                })
                .when(call -> call.operation() == Operation.FILTER_LOG_EVENTS, (call, within) -> {
                    List<Object> events = new ArrayList<>();
                    for (String service : List.of("checkout", "payments")) {
                        Map<String, Object> parameters = OrderedMap.of("a", 1);
                        parameters.putAll(call.parameters());
                        parameters.put("logStreamNamePrefix", service + "/ecs-service-connect-");
                        Call own = new Call(call.operation(), call.side(), call.region(), parameters, Call.ALL);
                        for (Field event : Field.of(account.call(own, within).document())
                                .at("events")
                                .items()) {
                            Map<String, Object> copy = OrderedMap.of(
                                    "logStreamName",
                                    event.at("logStreamName").textOrEmpty().replace("checkout/", "payments/"));
                            for (String member : List.of("timestamp", "message", "eventId")) {
                                copy.put(member, event.at(member).raw().orElseThrow());
                            }
                            events.add(copy);
                        }
                    }
                    return new Answer(OrderedMap.of("events", events), Optional.empty(), 1);
                });

        Collected collected = Requests.checkout().collect(aws);

        assertThat(Statements.files(collected, "logs/lines/caller"))
                .hasSize(2)
                .allMatch(path -> path.contains("ecs-service-connect-NNusn"));
        assertThat(Statements.files(collected, "logs/lines/callee"))
                .hasSize(3)
                .allMatch(path -> path.contains("ecs-service-connect-xQCvC"));
        assertThat(Statements.files(collected, "logs/lines/" + Side.UNKNOWN.id()))
                .isEmpty();
    }
}
