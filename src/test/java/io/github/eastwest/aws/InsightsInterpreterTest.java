package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Examples and statements of AWS's user guide, "CloudWatch Logs Insights language query syntax". */
class InsightsInterpreterTest {
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

    /** Events one second apart, in this order. */
    private static List<LogStore.Event> events(String... messages) {
        List<LogStore.Event> events = new ArrayList<>();
        for (String message : messages) {
            events.add(new LogStore.Event(
                    String.format("%056d", events.size()),
                    "/ecs/app",
                    "web/app/0123",
                    START.plusSeconds(events.size()),
                    message));
        }
        return events;
    }

    private static InsightsInterpreter.Result run(String query, String... messages) {
        return new InsightsInterpreter("111122223333", true, InsightsReading.DEFAULT)
                .run(InsightsQuery.parse(query), events(messages), Optional.empty());
    }

    /** The rows without pointers. */
    private static List<Map<String, String>> rows(String query, String... messages) {
        return run(query, messages).rows().stream()
                .map(row -> {
                    Map<String, String> shown = new LinkedHashMap<>(row);
                    shown.remove("@ptr");
                    return shown;
                })
                .toList();
    }

    /** The only column of each row. */
    private static List<String> column(String query, String... messages) {
        return rows(query, messages).stream()
                .map(row -> String.join("|", row.values()))
                .toList();
    }

    private static void malformed(String query) {
        assertThatThrownBy(() -> run(query, "{}")).as(query).isInstanceOf(MalformedQuery.class);
    }

    @Test
    void showsTimeAndMessageNewestFirstWhenAQueryShowsNothingElse() {
        List<Map<String, String>> rows =
                run("filter @message like /a/", "a1", "b", "a2").rows();

        assertThat(rows).hasSize(2);
        assertThat(rows.get(0))
                .containsEntry("@timestamp", "2026-11-21 12:00:02.000")
                .containsEntry("@message", "a2")
                .containsKey("@ptr");
        assertThat(rows.get(1)).containsEntry("@message", "a1");
    }

    @Test
    void hasSystemFields() {
        assertThat(rows("fields @timestamp, @message, @logStream, @log", "x"))
                .containsExactly(Map.of(
                        "@timestamp", "2026-11-21 12:00:00.000",
                        "@message", "x",
                        "@logStream", "web/app/0123",
                        "@log", "111122223333:/ecs/app"));
    }

    @Test
    void discoversNestedJsonFieldsWithDotsAndPositions() {
        String event = "{\"userIdentity\":{\"type\":\"IAMUser\"},\"requestParameters\":{\"instancesSet\":{\"items\":"
                + "[{\"instanceId\":\"i-abcde123\"}]}}}";

        assertThat(column("fields userIdentity.type, requestParameters.instancesSet.items.0.instanceId", event))
                .containsExactly("IAMUser|i-abcde123");
    }

    @Test
    void doublesTheAtSignOfDiscoveredNames() {
        assertThat(column("fields `@@example.com`", "{\"@example.com\":\"x\"}")).containsExactly("x");
    }

    @Test
    void discoversNothingInTextNorInAnInfrequentAccessGroup() {
        assertThat(rows("fields a | filter ispresent(a)", "GET {\"a\":1}", "[{\"a\":1}]", "{\"a\":1"))
                .isEmpty();
        assertThat(new InsightsInterpreter("1", false, InsightsReading.DEFAULT)
                        .run(InsightsQuery.parse("filter ispresent(a)"), events("{\"a\":1}"), Optional.empty())
                        .rows())
                .isEmpty();
    }

    @Test
    void filtersByOneConditionAndByTwo() {
        String[] events = {
            "{\"range\":3001,\"accountId\":123456789012}",
            "{\"range\":3000,\"accountId\":123456789012}",
            "{\"range\":9000}"
        };

        assertThat(column("fields range | filter (range>3000) | sort @timestamp desc | limit 20", events))
                .containsExactly("9000", "3001");
        assertThat(column("fields range | filter (range>3000 and accountId=123456789012)", events))
                .containsExactly("3001");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "f1 like /Exception/ ; true",
                "f1 =~ /Exception/ ; true",
                "f1 like \"Exception\" ; true",
                "f1 like 'exception' ; false",
                "f1 like /(?i)exception/ ; true",
                "f1 =~ /^(?i)an exception$/ ; true",
                "f1 not like /Exception/ ; false",
                "f1 in [\"an Exception\", \"another\"] ; true",
                "f1 in [\"Exception\"] ; false",
                "f1 not in [\"Exception\"] ; true",
                "n in [1, 12] ; true",
            })
    void matchesSubstringsExpressionsAndSets(String condition, boolean matches) {
        assertThat(rows("filter " + condition, "{\"f1\":\"an Exception\",\"n\":12}"))
                .hasSize(matches ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "status >= 500, true",
        "status = 503, true",
        "status = '503', true",
        "text = 503, true",
        "text > 60, true",
        "dash >= 0, false",
        "dash = 0, false",
        "dash != 0, true",
        "absent = 0, false",
        "absent != 0, false",
        "not absent = 0, false",
        "absent < 1 or status = 503, true",
        "empty = 0, false",
    })
    void comparesNumbersAsNumbersAndNothingWithNull(String condition, boolean matches) {
        assertThat(rows("filter " + condition, "{\"status\":503,\"text\":\"503\",\"dash\":\"-\",\"empty\":null}"))
                .hasSize(matches ? 1 : 0);
    }

    @Test
    void bindsAndCloserThanOrAndNotClosest() {
        assertThat(column("fields n | filter n = 1 or n = 2 and n = 3", "{\"n\":1}", "{\"n\":2}"))
                .containsExactly("1");
        assertThat(column("fields n | filter not n = 1 and n < 3", "{\"n\":1}", "{\"n\":2}", "{\"n\":3}"))
                .containsExactly("2");
        assertThat(column("fields n | filter not (n = 1 or n = 3)", "{\"n\":1}", "{\"n\":2}", "{\"n\":3}"))
                .containsExactly("2");
    }

    /** The guide's arithmetic and string examples with their values. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "2 ^ 3 ~ 8",
                "10 % 3 ~ 1",
                "1 + 2 * 3 ~ 7",
                "(1 + 2) * 3 ~ 9",
                "7 / 2 ~ 3.5",
                "abs(-3) ~ 3",
                "ceil(1.2) ~ 2",
                "floor(1.8) ~ 1",
                "greatest(1, 3, 2) ~ 3",
                "least(3, 1, 2) ~ 1",
                "sqrt(9) ~ 3",
                "concat('a', 'b', 'c') ~ abc",
                "ltrim('xyZfooxyZ','xyZ') ~ fooxyZ",
                "rtrim('xyZfooxyZ','xyZ') ~ xyZfoo",
                "trim('xyZfooxyZ','xyZ') ~ foo",
                "trim('  foo ') ~ foo",
                "strlen('foo') ~ 3",
                "toupper('foo') ~ FOO",
                "tolower('FOO') ~ foo",
                "substr('xyZfooxyZ',3, 3) ~ foo",
                "substr('xyZfooxyZ',3) ~ fooxyZ",
                "replace('foo','o','0') ~ f00",
                "strcontains('foo','oo') ~ 1",
                "strcontains('foo','x') ~ 0",
                "coalesce(a, b, 'c') ~ c",
                "datefloor(@timestamp, 1h) ~ 2026-11-21 12:00:00.000",
                "dateceil(@timestamp, 1d) ~ 2026-11-22 00:00:00.000",
                "bin(5m) ~ 2026-11-21 12:00:00.000",
                "toMillis(@timestamp) ~ 1795262400000",
                "fromMillis(0) ~ 1970-01-01 00:00:00.000",
            })
    void computes(String expression, String value) {
        // 2026-11-21T12:00:00Z is 1795262400 s after 1970: date -ud @1795262400
        assertThat(column("fields " + expression + " as v | display v", "x")).containsExactly(value);
    }

    @ParameterizedTest
    @CsvSource({
        "ispresent(a), true",
        "ispresent(b), false",
        "isempty(e), true",
        "isempty(b), true",
        "isempty(s), false",
        "isblank(s), true",
        "isblank(a), false"
    })
    void knowsPresentFromEmpty(String condition, boolean holds) {
        assertThat(rows("filter " + condition, "{\"a\":1,\"e\":\"\",\"s\":\"  \"}"))
                .hasSize(holds ? 1 : 0);
    }

    @Test
    void parsesGlobs() {
        String query = "parse @message \"user=*, method:*, latency := *\" as @user, @method, @latency"
                + " | stats avg(@latency) by @method, @user";

        assertThat(rows(
                        query,
                        "user=ann, method:GET, latency := 10",
                        "user=ann, method:GET, latency := 20",
                        "user=bob, method:GET, latency := 5",
                        "something else"))
                .containsExactlyInAnyOrder(
                        Map.of("@method", "GET", "@user", "ann", "avg(@latency)", "15"),
                        Map.of("@method", "GET", "@user", "bob", "avg(@latency)", "5"),
                        // What does not match stays, without the fields.
                        Map.of());
    }

    @Test
    void parsesExpressionsWithNamedGroups() {
        assertThat(rows(
                        "parse @message /(?<NetworkInterface>eni-.*?) / | display NetworkInterface, @message",
                        "2 eni-12ab 443",
                        "none"))
                .containsExactly(
                        Map.of("@message", "none"),
                        Map.of("NetworkInterface", "eni-12ab", "@message", "2 eni-12ab 443"));
    }

    @Test
    void parsesWhatWasParsedBefore() {
        assertThat(column(
                        "parse @message \"url=*\" as url | parse url \"/api/*/users/*\" as apiVersion, userId"
                                + " | display apiVersion, userId",
                        "url=/api/v2/users/7"))
                .containsExactly("v2|7");
        assertThat(column("parse @logStream \"*/*/*\" as env, service, instance | display env, instance", "x"))
                .containsExactly("web|0123");
    }

    @Test
    void countsByTimeAndField() {
        List<Map<String, String>> rows = rows(
                "stats count(*) as n, sum(v), min(v), max(v), avg(v) by bin(2s), k | sort n desc",
                "{\"k\":\"a\",\"v\":1}",
                "{\"k\":\"a\",\"v\":2}",
                "{\"k\":\"b\",\"v\":4}",
                "{\"v\":8}");

        assertThat(rows)
                .containsExactlyInAnyOrder(
                        Map.of(
                                "bin(2s)", "2026-11-21 12:00:00.000",
                                "k", "a",
                                "n", "2",
                                "sum(v)", "3",
                                "min(v)", "1",
                                "max(v)", "2",
                                "avg(v)", "1.5"),
                        Map.of(
                                "bin(2s)", "2026-11-21 12:00:02.000",
                                "k", "b",
                                "n", "1",
                                "sum(v)", "4",
                                "min(v)", "4",
                                "max(v)", "4",
                                "avg(v)", "4"),
                        Map.of(
                                "bin(2s)", "2026-11-21 12:00:02.000",
                                "n", "1",
                                "sum(v)", "8",
                                "min(v)", "8",
                                "max(v)", "8",
                                "avg(v)", "8"));
        assertThat(rows.get(0)).containsEntry("k", "a").doesNotContainKey("@ptr");
    }

    @Test
    void countsOnlyWhereTheFieldIs() {
        assertThat(column(
                        "stats count(*), count(), count(v), count_distinct(v), earliest(v), latest(v), stddev(v)",
                        "{\"v\":2}",
                        "{\"v\":4}",
                        "{\"v\":4}",
                        "{\"v\":6}",
                        "{}"))
                // Mean 4, squares of the distances 4, 0, 0, 4: their mean is 2.
                .containsExactly("5|5|4|3|2|6|1.414213562373095");
    }

    /** The guide's sample of overprovisioned memory, with shorter names. */
    @Test
    void computesWithAggregatesNamedBefore() {
        assertThat(column(
                        "stats max(size / 1024) as provisioned, max(used / 1024) as most, provisioned - most as over",
                        "{\"size\":4096,\"used\":1024}",
                        "{\"size\":4096,\"used\":2048}"))
                .containsExactly("4|2|2");
    }

    @Test
    void takesPercentiles() {
        String[] events = new String[100];
        for (int i = 0; i < events.length; i++) {
            events[i] = "{\"d\":" + (i + 1) + "}";
        }

        assertThat(column("stats pct(d, 95), pct(d, 50), pct(d, 100)", events)).containsExactly("95|50|100");
    }

    @Test
    void aggregatesNothingToZeroAndToNoValue() {
        assertThat(rows("filter a = 1 | stats count(*), sum(a)", "{}")).containsExactly(Map.of("count(*)", "0"));
        assertThat(rows("filter a = 1 | stats count(*) by b", "{}")).isEmpty();
    }

    /** The guide's example of the natural order. */
    @Test
    void sortsNaturally() {
        List<String> sorted = List.of(
                "!:",
                "#",
                "*%04",
                "0#",
                "5A",
                "111A",
                "2345_",
                "@",
                "@_",
                "A",
                "A9876fghj",
                "a12345hfh",
                "0",
                "1",
                "2",
                "3");
        String[] events = sorted.stream()
                .map(v -> "{\"v\":\"" + v + "\"}")
                .sorted(java.util.Comparator.reverseOrder())
                .toArray(String[]::new);

        assertThat(column("fields v | sort v asc", events)).containsExactlyElementsOf(sorted);
        assertThat(column("fields v | sort v desc | limit 2", events)).containsExactly("3", "2");
    }

    @Test
    void removesDuplicatesButKeepsNulls() {
        assertThat(column(
                        "fields server, n | sort @timestamp desc | dedup server",
                        "{\"server\":\"a\",\"n\":1}",
                        "{\"n\":2}",
                        "{\"n\":3}",
                        "{\"server\":\"a\",\"n\":4}"))
                .containsExactly("a|4", "3", "2");
    }

    @Test
    void readsCommentsAndBackticks() {
        assertThat(column(
                        "# what it is about\nfields `foo-bar` # the field\n| filter `foo-bar` = 'a # b'",
                        "{\"foo-bar\":\"a # b\"}"))
                .containsExactly("a # b");
    }

    @Test
    void returnsTenThousandRowsUnlessToldOtherwise() {
        String[] events = new String[10_002];
        java.util.Arrays.fill(events, "x");

        assertThat(run("filter @message = 'x'", events).rows()).hasSize(10_000);
        assertThat(run("filter @message = 'x' | limit 10001", events).rows()).hasSize(10_000);
        assertThat(new InsightsInterpreter("1", true, InsightsReading.DEFAULT)
                        .run(
                                InsightsQuery.parse("filter @message = 'x' | limit 10001"),
                                events(events),
                                Optional.of(20_000))
                        .rows())
                .hasSize(10_001);
    }

    @Test
    void saysWhatItScannedAndMatched() {
        InsightsInterpreter.Result result = run("filter @message like 'a' | stats count(*)", "aa", "b", "ä a");

        assertThat(result.recordsScanned()).isEqualTo(3);
        assertThat(result.recordsMatched()).isEqualTo(2);
        // 2 + 1 + 4 bytes of UTF-8
        assertThat(result.bytesScanned()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "count(*)",
                "fields @timestamp, custom_field | count()",
                "select * from x",
                "filter",
                "filter a ==",
                "filter a === 1",
                "filter a === 1",
                "filter a <> 1",
                "filter a !~ /x/",
                "filter a is null",
                "filter a && b",
                "filter a = 1 b = 2",
                "filter strlen(a)",
                "filter a",
                "filter a in (1, 2)",
                "filter a like x",
                "filter a between 1 and 2",
                "filter nosuch(a) = 1",
                "filter ispresent('a')",
                "filter foo-bar like 'x' |",
                "fields",
                "fields a as",
                "fields a, a",
                "fields a | fields a",
                "fields a as b, c as b",
                "fields strlen(a) as a",
                "fields a | fields strlen(b) as a",
                "fields a as @timestamp",
                "stats a",
                "stats nosuch(a)",
                "stats sum(a) + 1",
                "stats sum(a) as s, s + b as t",
                "stats sum(a) as s, s + 1",
                "stats s + 1 as t, sum(a) as s",
                "stats count(*) by bin(5)",
                "stats count(*) by bin(5x)",
                "stats count(*) as n by k | filter a = 1",
                "stats count(*) by k | sort a",
                "stats count(*) by k | fields @timestamp",
                "stats count(*) by k | stats count(*) by bin(1m)",
                "sort a up",
                "limit",
                "limit 0",
                "limit 100001",
                "limit ten",
                "fields a | dedup a | sort b",
                "parse @message 'a*b*' as c",
                "parse @message /(a)(b)/ as c, d",
                "parse @message /(?<a_b>x)/ | display a_b",
                "parse @message /(?=x)(?<a>x)/ | display a",
                "parse @message /(?<a>x)\\1/ | display a",
                "parse @message /(?<a>x/ | display a",
                "parse @message /(?<a>x)/",
                "parse @message 'a*' as x | parse @message 'b*' as x | display x",
                "pattern @message",
                "unnest a into b",
                "fields @timestamp @message",
                "fields a; fields b",
            })
    void refusesWhatTheGuideDoesNotHave(String query) {
        malformed(query);
    }

    @Test
    void refusesQueriesThatAreTooLong() {
        assertThatCode(() -> run("filter @message = '" + "x".repeat(9_980) + "'"))
                .doesNotThrowAnyException();
        malformed("filter @message = '" + "x".repeat(9_981) + "'");
    }
}
