package io.github.eastwest.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.Breakdown.SideView;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.model.report.TrafficReport.ConditionCount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakdownsTest {
    private static final Pattern REQUEST_ID = Pattern.compile("\"request_id\":\"([^\"]+)\"");

    private static TrafficReport traffic(String sample) throws IOException {
        try (Bundle bundle = Bundle.open(Path.of("samples", sample))) {
            Diagnosis diagnosis = new Classifier(Rules.all(), Thresholds.DEFAULT)
                    .diagnose(SnapshotReader.read(
                            bundle,
                            new Request(
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty())));
            return diagnosis.traffic().orElseThrow();
        }
    }

    private static SideView side(TrafficReport traffic, Side side) {
        return traffic.breakdown().sides().stream()
                .filter(view -> view.side() == side)
                .findFirst()
                .orElseThrow();
    }

    /** Every way of taking the calls apart gives all of them. */
    @ParameterizedTest
    @ValueSource(strings = {"checkout-payments", "label-printer-address-check", "orders-loyalty"})
    void partsAddUpToTheWhole(String sample) throws IOException {
        TrafficReport traffic = traffic(sample);
        Breakdown breakdown = traffic.breakdown();
        long failing = traffic.conditions().stream()
                .filter(count -> count.condition().failure())
                .mapToLong(ConditionCount::count)
                .sum();

        assertThat(breakdown.attribution().stream()
                                .mapToLong(Breakdown.Attributed::failed)
                                .sum()
                        + traffic.unattributed())
                .isEqualTo(traffic.failed());
        assertThat(breakdown.reasons().stream()
                        .mapToLong(Breakdown.Reason::count)
                        .sum())
                .isEqualTo(failing);
        assertThat(breakdown.statuses().stream()
                        .mapToLong(Breakdown.Status::count)
                        .sum())
                .isEqualTo(failing);
        for (int i = 0; i < traffic.series().buckets().size(); i++) {
            int bucket = i;
            assertThat(breakdown.statuses().stream()
                            .mapToLong(status -> status.buckets().get(bucket))
                            .sum())
                    .isEqualTo(traffic.series().buckets().get(i).conditions().entrySet().stream()
                            .filter(count -> count.getKey().failure())
                            .mapToLong(Map.Entry::getValue)
                            .sum());
        }
        assertThat(breakdown.heat().buckets().stream()
                        .flatMap(List::stream)
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(traffic.requests());
        assertThat(breakdown.paths().shown().stream()
                                .mapToLong(Breakdown.Group::requests)
                                .sum()
                        + breakdown.paths().moreRequests())
                .isEqualTo(traffic.requests());
        for (SideView view : breakdown.sides()) {
            assertThat(view.buckets()).hasSameSizeAs(traffic.series().buckets());
            assertThat(view.buckets().stream()
                            .mapToLong(Breakdown.Seen::requests)
                            .sum())
                    .isEqualTo(view.total().requests());
        }
        assertThat(side(traffic, Side.CALLER).total().requests()).isEqualTo(traffic.requests());
    }

    /** Counted from the raw lines with nothing but a pattern: the callee's lines whose request id a caller's line has. */
    @Test
    void theCalleesViewIsWhatTheCalleesProxiesLogged() throws IOException {
        Set<String> called = new HashSet<>(requestIds("caller"));
        long arrived = requestIds("callee").stream().filter(called::contains).count();

        assertThat(arrived).isPositive();
        assertThat(side(traffic("checkout-payments"), Side.CALLEE).total().requests())
                .isEqualTo(arrived);
    }

    private static List<String> requestIds(String side) throws IOException {
        List<String> ids = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("samples/checkout-payments/logs/lines", side))) {
            for (Path file : files.toList()) {
                try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                    Matcher id = REQUEST_ID.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                    while (id.find()) {
                        ids.add(id.group(1));
                    }
                }
            }
        }
        return ids;
    }

    @Test
    void rawLinesStandWhereTheReportSaysTheyDo() throws IOException {
        Breakdown.Rows rows = traffic("checkout-payments").breakdown().rows().stream()
                .filter(group -> group.subject().equals("no_healthy_upstream"))
                .findFirst()
                .orElseThrow();

        assertThat(rows.lines()).hasSizeBetween(1, 20).allSatisfy(line -> {
            Path file = Path.of("samples/checkout-payments/logs/lines/caller", line.stream() + ".log.gz");
            try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                String raw = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .skip(line.line() - 1)
                        .findFirst()
                        .orElseThrow();
                Matcher id = REQUEST_ID.matcher(raw);
                assertThat(id.find()).isTrue();
                assertThat(line.text())
                        .startsWith("caller ")
                        .contains(id.group(1))
                        .contains(" 19 bytes");
            }
        });
    }

    @Test
    void percentilesWeighEachDurationByTheCallsItStandsFor() {
        // 10 ms once and 90 ms nine times: nearest rank 5 of 10 is 90, and so is rank 9.
        TrafficReport.Latency latency = Breakdowns.latency(List.of(new long[] {90, 9}, new long[] {10, 1}));

        assertThat(latency)
                .isEqualTo(new TrafficReport.Latency(
                        OptionalLong.of(90), OptionalLong.of(90), OptionalLong.of(90), OptionalLong.of(90)));
        // 10 ms nine times and 90 ms once: rank 5 and rank 9 are 10, rank 10 is 90.
        assertThat(Breakdowns.latency(List.of(new long[] {10, 9}, new long[] {90, 1})))
                .isEqualTo(new TrafficReport.Latency(
                        OptionalLong.of(10), OptionalLong.of(10), OptionalLong.of(90), OptionalLong.of(90)));
        assertThat(Breakdowns.latency(List.of())).isEqualTo(TrafficReport.Latency.NONE);
    }
}
