package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.collect.InsightsPlan.Query;
import io.github.eastwest.collect.InsightsPlan.Scope;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InsightsPlanTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.500Z");
    private static final TimeWindow HOUR = new TimeWindow(NOON, NOON.plus(Duration.ofHours(1)));
    private static final List<String> STREAMS = List.of("payments/ecs-service-connect-");

    private static InsightsPlan plan(long callerLines, long calleeLines) {
        return new InsightsPlan(
                HOUR,
                Set.of("payments:8080"),
                List.of(new Scope(Side.CALLER, STREAMS, callerLines), new Scope(Side.CALLEE, STREAMS, calleeLines)));
    }

    private static Map<String, Object> answer(long matched, List<Map<String, String>> rows) {
        List<Object> results = new ArrayList<>();
        for (Map<String, String> row : rows) {
            List<Object> cells = new ArrayList<>();
            row.forEach((field, value) -> cells.add(Map.of("field", field, "value", value)));
            results.add(cells);
        }
        return Map.of(
                "results", results, "statistics", Map.of("recordsMatched", (double) matched), "status", "Complete");
    }

    /** Answers all those queries with nothing but the rows given for a name and side. */
    private static Map<Query, Map<String, Object>> answers(
            List<Query> queries, Map<String, Map<String, Object>> byNameAndSide) {
        Map<Query, Map<String, Object>> answers = new LinkedHashMap<>();
        queries.forEach(query -> answers.put(
                query,
                byNameAndSide.getOrDefault(query.name() + " " + query.side().id(), answer(0, List.of()))));
        return answers;
    }

    private static Map<String, String> line(String id, String host, int status, int second) {
        String message = "{\"authority\":\"payments:8080\",\"bytes_received\":0,\"bytes_sent\":24,\"duration\":15000,"
                + "\"method\":\"GET\",\"path\":\"/\",\"protocol\":\"HTTP/1.1\",\"request_id\":\"" + id
                + "\",\"response_code\":" + status + ",\"start_time\":\""
                + NOON.plusSeconds(second).toString() + "\",\"upstream_host\":"
                + (host.isEmpty() ? "null" : "\"" + host + "\"") + ",\"upstream_service_time\":null}";
        return Map.of("@message", message, "@logStream", "payments/ecs-service-connect-x/1", "began", "x");
    }

    private static String parameter(Query query, String name) {
        String first = query.text().lines().findFirst().orElseThrow();
        return first.replaceAll(".* " + name + "=(\\S+).*", "$1");
    }

    @Test
    void asksBothSidesForNumbersAndLinesAtOnce() {
        List<Query> queries = plan(1, 1).next(Map.of());
        assertThat(queries)
                .extracting(query -> query.name() + " " + query.side().id() + query.slice())
                .containsExactly(
                        "counts caller",
                        "errors caller",
                        "lines caller",
                        "counts callee",
                        "errors callee",
                        "lines callee");
        // Lines are printed when their request has ended, and StartQuery takes whole seconds.
        assertThat(queries).allSatisfy(query -> {
            assertThat(query.from()).isEqualTo(Instant.parse("2026-11-21T12:00:00Z"));
            assertThat(query.to()).isEqualTo(Instant.parse("2026-11-21T13:01:01Z"));
            assertThat(query.text())
                    .contains("began >= \"2026-11-21T12:00:00.500Z\" and began < \"2026-11-21T13:00:00.500Z\"");
        });
    }

    @Test
    void isDoneWhenNothingIsMissing() {
        InsightsPlan plan = plan(1, 1);
        Map<Query, Map<String, Object>> answers = answers(plan.next(Map.of()), Map.of());
        assertThat(plan.next(answers)).isEmpty();
        assertThat(plan.next(answers)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"4000, 0", "4001, 1", "64015, 4", "64016, 5", "16000000, 12"})
    void halvesTheSampleUntilTheBusierSideFits(long lines, int halvings) {
        List<Query> queries = plan(10, lines).next(Map.of());
        assertThat(queries)
                .filteredOn(query -> query.name().equals("lines"))
                .hasSize(2)
                .allSatisfy(query -> {
                    assertThat(parameter(query, "sample")).isEqualTo(InsightsPlan.classes(halvings));
                    assertThat(parameter(query, "failures")).isEqualTo("[0-9A-Za-z]");
                });
    }

    @ParameterizedTest
    @CsvSource({"1m, 19", "2m, 18", "19m, 18", "20m, 16", "119m, 16", "2h, 15", "19h, 15", "20h, 13", "240h, 13"})
    void cutsTheWindowIntoAtMostAHundredAndTwentySteps(String length, String digits) {
        Duration duration = Duration.parse("PT" + length.toUpperCase(java.util.Locale.ROOT));
        InsightsPlan plan = new InsightsPlan(
                new TimeWindow(NOON, NOON.plus(duration)), Set.of(), List.of(new Scope(Side.CALLER, STREAMS, 1)));
        assertThat(parameter(plan.next(Map.of()).get(0), "digits")).isEqualTo(digits);
    }

    /** Hexadecimal, decimal and base-32 ids, 100,000 of each with a fixed seed. */
    @ParameterizedTest
    @CsvSource({
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
    void takesTheShareOfIdsThatItSays(String alphabet, int halvings, double share) {
        Pattern sampled = Pattern.compile(InsightsPlan.classes(halvings) + "[^0-9A-Za-z]*$");
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
    void takesFewerAndFewerOfTheSameIds() {
        // Sides of different volume have samples that lie in one another: what the busier takes, the other has too.
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 65_536; i++) {
            ids.add(String.format("%04x", i));
        }
        for (int halvings = 1; halvings <= 12; halvings++) {
            Pattern more = Pattern.compile(InsightsPlan.classes(halvings - 1) + "$");
            Pattern fewer = Pattern.compile(InsightsPlan.classes(halvings) + "$");
            List<String> taken =
                    ids.stream().filter(id -> fewer.matcher(id).find()).toList();
            assertThat(taken)
                    .hasSize(65_536 >> halvings)
                    .allMatch(id -> more.matcher(id).find());
        }
    }

    @Test
    void asksInSlicesOfEqualSizeWhereAnAnswerWasCut() {
        InsightsPlan plan = plan(1, 1);
        List<Query> first = plan.next(Map.of());
        // 18,000 failures: 1,000 a minute for two minutes, then 16,000 within the third.
        List<Map<String, String>> errors = List.of(
                Map.of("bucket", "2026-11-21T12:10", "lines", "1000"),
                Map.of("bucket", "2026-11-21T12:11", "lines", "1000"),
                Map.of("bucket", "2026-11-21T12:12", "lines", "16000"));
        Map<Query, Map<String, Object>> answers = answers(
                first,
                Map.of("errors caller", answer(18_000, errors), "lines caller", answer(18_000, List.of(Map.of()))));
        List<Query> slices = plan.next(answers);

        // Each is meant to be half full: 18,000 of 5,000 each.
        assertThat(slices).extracting(Query::slice).containsExactly("1of4", "2of4", "3of4", "4of4");
        assertThat(slices).allMatch(query -> query.name().equals("lines") && query.side() == Side.CALLER);
        assertThat(slices.get(0).from()).isEqualTo(first.get(2).from());
        assertThat(slices.get(3).to()).isEqualTo(first.get(2).to());
        for (int i = 1; i < 4; i++) {
            assertThat(slices.get(i).from()).isEqualTo(slices.get(i - 1).to());
            // 4,500 lines each: the bounds lie within the minute that has most, a good quarter of it apart.
            assertThat(slices.get(i).from())
                    .isBetween(Instant.parse("2026-11-21T12:12:05Z"), Instant.parse("2026-11-21T12:12:50Z"));
        }
    }

    @Test
    void samplesRemarkableLinesTooWhereThereAreTooMany() {
        InsightsPlan plan = plan(1, 1);
        // 800,000 failures are ten times what eight answers hold: every 16th is asked for, and answered ones no more
        // often.
        List<Map<String, String>> errors = List.of(Map.of("bucket", "2026-11-21T12:10", "lines", "800000"));
        Map<Query, Map<String, Object>> answers = answers(
                plan.next(Map.of()),
                Map.of("errors caller", answer(800_000, errors), "lines caller", answer(800_000, List.of(Map.of()))));
        assertThat(plan.next(answers)).isNotEmpty().allSatisfy(query -> {
            assertThat(parameter(query, "failures")).isEqualTo(InsightsPlan.classes(4));
            assertThat(parameter(query, "sample")).isEqualTo(InsightsPlan.classes(4));
        });
    }

    @Test
    void asksBothSidesForRemarkableCallsOutsideOfTheSample() {
        InsightsPlan plan = plan(60_000, 1);
        List<Map<String, String>> caller = List.of(
                line("a1", "10.0.1.11:8080", 504, 100),
                line("a0", "10.0.1.11:8080", 504, 101),
                // Left for no task: nobody on the other side has seen it.
                line("a2", "", 503, 102),
                line("a3", "127.0.0.1:9000", 500, 103));
        List<Map<String, String>> callee =
                List.of(line("b1", "127.0.0.1:8080", 503, 500), line("b2", "10.9.9.9:80", 503, 1));
        Map<Query, Map<String, Object>> answers = answers(
                plan.next(Map.of()), Map.of("lines caller", answer(4, caller), "lines callee", answer(2, callee)));
        List<Query> partners = plan.next(answers);

        assertThat(partners)
                .extracting(query -> query.name() + " " + query.side().id() + query.slice())
                .containsExactly("partners caller", "partners callee");
        assertThat(partners).allSatisfy(query -> {
            assertThat(query.text()).contains("id in [\"a1\", \"b1\"]");
            // From the first request on, two seconds for clocks, to the last one's end 15 s later and a minute.
            assertThat(query.from()).isEqualTo(Instant.parse("2026-11-21T12:01:38Z"));
            assertThat(query.to()).isEqualTo(Instant.parse("2026-11-21T12:09:36Z"));
        });
        assertThat(plan.next(answers)).isEmpty();
    }

    @Test
    void asksForNoCallOfAnotherNameAndNoIdThatCouldEndAString() {
        InsightsPlan plan = new InsightsPlan(
                HOUR,
                Set.of("stock:8080"),
                List.of(new Scope(Side.CALLEE, STREAMS, 60_000), new Scope(Side.CALLER, STREAMS, 60_000)));
        List<Query> first = plan.next(Map.of());
        assertThat(plan.next(answers(
                        first, Map.of("lines caller", answer(1, List.of(line("a1", "10.0.1.11:8080", 504, 1)))))))
                .isEmpty();
        InsightsPlan hostile = plan(60_000, 60_000);
        assertThat(hostile.next(answers(
                        hostile.next(Map.of()),
                        Map.of("lines caller", answer(1, List.of(line("a\\\"b1", "10.0.1.11:8080", 504, 1)))))))
                .isEmpty();
    }

    @Test
    void looksUpAsManyCallsAsSixQueriesHold() {
        InsightsPlan plan = plan(60_000, 60_000);
        List<Map<String, String>> caller = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            caller.add(line(String.format("%08x-aa04-438f-b6ed-daec1674a881", i), "10.0.1.11:8080", 504, i));
        }
        List<Query> partners = plan.next(answers(plan.next(Map.of()), Map.of("lines caller", answer(3_000, caller))));
        List<Query> callee =
                partners.stream().filter(query -> query.side() == Side.CALLEE).toList();

        assertThat(callee).hasSizeBetween(5, 6);
        assertThat(callee).allSatisfy(query -> assertThat(query.text().length()).isLessThanOrEqualTo(Queries.LONGEST));
        // In order of time, so that together they scan hardly more than the window once.
        for (int i = 1; i < callee.size(); i++) {
            assertThat(callee.get(i).from()).isAfter(callee.get(i - 1).from());
        }
        assertThat(callee.get(0).slice()).isEqualTo("1of" + callee.size());
        // Not the first ones but some of the whole time.
        assertThat(callee.get(0).from()).isBefore(NOON.plusSeconds(60));
        assertThat(callee.get(callee.size() - 1).to()).isAfter(NOON.plusSeconds(2_900));
    }

    @Test
    void goesOnWithoutAnswers() {
        InsightsPlan plan = plan(60_000, 60_000);
        assertThat(plan.next(Map.of())).hasSize(6);
        assertThat(plan.next(Map.of())).isEmpty();
    }

    @Test
    void survivesAnswersOfAnyShape() {
        List<Map<String, Object>> shapes = List.of(
                Map.of(),
                Map.of("results", "none", "statistics", 7),
                Map.of("results", List.of(1, List.of(2), List.of(Map.of("field", 3)), List.of(Map.of("value", "x")))),
                Map.of("results", List.of(), "statistics", Map.of("recordsMatched", "many")),
                answer(99_999, List.of(Map.of("bucket", "9999-99-99T99:99", "lines", "1"))),
                answer(
                        99_999,
                        List.of(Map.of("bucket", "x", "lines", "99999999999999999999"), Map.of("@message", "{}"))));
        for (Map<String, Object> shape : shapes) {
            InsightsPlan plan = plan(1, 1);
            Map<Query, Map<String, Object>> answers = new LinkedHashMap<>();
            for (List<Query> next = plan.next(answers); !next.isEmpty(); next = plan.next(answers)) {
                next.forEach(query -> answers.put(query, shape));
                assertThat(answers.size()).isLessThan(200);
            }
        }
    }

    @Test
    void refusesStreamsThatCannotBeQuoted() {
        assertThatThrownBy(() -> new InsightsPlan(HOUR, Set.of(), List.of(new Scope(Side.CALLER, List.of("a\"b"), 1)))
                        .next(Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
