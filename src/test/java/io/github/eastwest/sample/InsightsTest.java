package io.github.eastwest.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Logs Insights brings back of a recording tells the same as all its lines do, whatever share of the answered requests
 * comes back; and what is missing never makes a diagnosis wrong.
 */
class InsightsTest {
    /** {@code -Deastwest.insights=all} takes every recording everywhere, which takes minutes. */
    private static final boolean ALL = "all".equals(System.getProperty("eastwest.insights"));

    private static final List<String> SHARES =
            List.of(InsightsBundle.ALL, "[0-7]", "[0-3]", "[0-1]", "[0]", "[0-7][0]");

    static List<Sample> sampled() {
        return every(3, 1);
    }

    static List<Sample> drawn() {
        return every(3, 2);
    }

    static List<Sample> sliced() {
        return every(12, 3);
    }

    /** Taking answers away reads each bundle some twenty times. */
    static List<Sample> bereft() {
        return every(12, 9);
    }

    private static List<Sample> every(int step, int first) {
        List<Sample> all = new ArrayList<>(Sample.all());
        all.addAll(Sample.incidents());
        List<Sample> logged = all.stream().filter(InsightsTest::hasLogs).toList();
        return IntStream.range(0, logged.size())
                .filter(i -> ALL || i % step == first)
                .mapToObj(logged::get)
                .toList();
    }

    private static boolean hasLogs(Sample sample) {
        try {
            return !new InsightsBundle(sample.directory()).sides().isEmpty();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Diagnosis diagnose(Sample sample, Map<String, byte[]> files) throws IOException {
        try (Bundle bundle = Bundle.of(files)) {
            Request request = new Request(
                    Optional.of(sample.caller()),
                    Optional.of(sample.callee()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            return new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(SnapshotReader.read(bundle, request));
        }
    }

    /** Cause, hop, outcome, exit code and numbers of calls. */
    private static String answer(Diagnosis diagnosis) {
        String first = diagnosis.causes().findings().stream()
                .findFirst()
                .map(finding ->
                        finding.cause().code() + " at " + finding.assessment().hop())
                .orElse("no cause");
        boolean error = diagnosis.causes().findings().stream()
                .anyMatch(finding -> finding.assessment().severity() == Severity.ERROR);
        int exit = error ? 3 : diagnosis.gaps().isEmpty() ? 0 : 4;
        String calls = diagnosis
                .traffic()
                .map(traffic -> traffic.failed() + " of " + traffic.requests() + " calls failed")
                .orElse("no calls");
        return first + ", " + diagnosis.outcome() + ", exit " + exit + ", " + calls;
    }

    /** Failures by condition. */
    private static Map<String, Long> failures(Diagnosis diagnosis) {
        Map<String, Long> failures = new TreeMap<>();
        diagnosis
                .traffic()
                .ifPresent(traffic -> traffic.conditions().stream()
                        .filter(condition -> condition.condition().failure())
                        .forEach(condition -> failures.put(condition.condition().id(), condition.count())));
        return failures;
    }

    private static Coverage.State logs(Diagnosis diagnosis, String side) {
        return diagnosis.coverage().entries().stream()
                .filter(entry -> entry.input().equals("logs/lines/" + side))
                .findFirst()
                .orElseThrow()
                .state();
    }

    @ParameterizedTest
    @MethodSource("sampled")
    void tellsTheSameAsAllLines(Sample sample) throws IOException {
        InsightsBundle bundle = new InsightsBundle(sample.directory());
        Diagnosis whole = new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(sample.read(sample.directory()));
        for (String share : List.of(InsightsBundle.ALL, "[0-3]", "[0]")) {
            Diagnosis sampled = diagnose(sample, bundle.with(bundle.ask(share)));
            // Too small a sample leaves undecided what it cannot decide, never anything else.
            if (share.equals(InsightsBundle.ALL) || undetermined(sampled).equals(undetermined(whole))) {
                assertThat(answer(sampled)).as(share).isEqualTo(answer(whole));
            }
            isNotWrong(sampled, whole, share);
            assertThat(failures(sampled)).as(share).isEqualTo(failures(whole));
            assertThat(sampled.traffic()
                            .map(t -> t.conditions().stream()
                                    .mapToLong(c -> c.count())
                                    .sum()))
                    .as(share)
                    .isEqualTo(sampled.traffic().map(t -> t.requests()));
            bundle.sides()
                    .forEach(side -> assertThat(logs(sampled, side.id()))
                            .as("%s %s", share, side)
                            .isEqualTo(logs(whole, side.id())));
        }
    }

    /** Whatever share of answered and of failed requests, whatever answers can hold, asked at once or in slices. */
    @ParameterizedTest
    @MethodSource("drawn")
    void isNeverWrongOnWhateverCameBack(Sample sample) throws IOException {
        InsightsBundle bundle = new InsightsBundle(sample.directory());
        Diagnosis whole = new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(sample.read(sample.directory()));
        Random random = new Random(sample.name().hashCode());
        for (int i = 0; i < 3; i++) {
            String share = SHARES.get(random.nextInt(SHARES.size()));
            String failures = random.nextBoolean() ? InsightsBundle.ALL : share;
            int mostRows = random.nextBoolean() ? 10_000 : 20 + random.nextInt(500);
            boolean slices = random.nextBoolean();
            Diagnosis drawn = diagnose(
                    sample,
                    bundle.with(
                            slices
                                    ? bundle.askInSlices(share, failures, mostRows)
                                    : bundle.askOnce(share, failures, mostRows)));
            isNotWrong(
                    drawn,
                    whole,
                    share + " of all, " + failures + " of failed, " + mostRows + " rows" + (slices ? ", sliced" : ""));
        }
    }

    @ParameterizedTest
    @MethodSource("sliced")
    void putsSlicesTogether(Sample sample) throws IOException {
        InsightsBundle bundle = new InsightsBundle(sample.directory());
        Diagnosis whole = new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(sample.read(sample.directory()));
        Map<NaiveInsights.Query, Map<String, Object>> answers =
                bundle.askInSlices(InsightsBundle.ALL, InsightsBundle.ALL, bundle.mostRowsOfSlices());
        assertThat(answers.keySet())
                .anyMatch(query -> query.name().equals("lines") && query.slice().startsWith("2of"));
        Diagnosis sliced = diagnose(sample, bundle.with(answers));
        assertThat(answer(sliced)).isEqualTo(answer(whole));
        assertThat(failures(sliced)).isEqualTo(failures(whole));
        bundle.sides().forEach(side -> assertThat(logs(sliced, side.id())).isEqualTo(logs(whole, side.id())));
    }

    @ParameterizedTest
    @MethodSource("bereft")
    void isNeverWrongWithoutAnAnswer(Sample sample) throws IOException {
        InsightsBundle bundle = new InsightsBundle(sample.directory());
        Diagnosis whole = new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(sample.read(sample.directory()));
        Map<NaiveInsights.Query, Map<String, Object>> answers = bundle.ask("[0-3]");
        for (NaiveInsights.Query query : answers.keySet()) {
            Map<NaiveInsights.Query, Map<String, Object>> rest = new LinkedHashMap<>(answers);
            rest.remove(query);
            Diagnosis without = diagnose(sample, bundle.with(rest));
            confirmsNothingElse(
                    without,
                    whole,
                    "without " + query.name() + " of the " + query.side().id());
            if (query.name().equals("lines") || query.name().equals("counts")) {
                assertThat(without.outcome()).isNotEqualTo(Diagnosis.Outcome.HEALTHY);
                assertThat(logs(without, query.side().id())).isNotEqualTo(Coverage.State.COMPLETE);
            } else {
                assertThat(without.traffic().map(t -> t.requests()))
                        .isEqualTo(whole.traffic().map(t -> t.requests()));
            }

            Map<NaiveInsights.Query, Map<String, Object>> cut = new LinkedHashMap<>(answers);
            cut.put(query, half(answers.get(query)));
            Diagnosis halved = diagnose(sample, bundle.with(cut));
            confirmsNothingElse(
                    halved,
                    whole,
                    "half of " + query.name() + " of the " + query.side().id());
            assertThat(halved.outcome()).isNotEqualTo(Diagnosis.Outcome.HEALTHY);
            assertThat(logs(halved, query.side().id())).isNotEqualTo(Coverage.State.COMPLETE);
        }
    }

    /** The answer of a query that ran out of time. */
    private static Map<String, Object> half(Map<String, Object> answer) {
        Map<String, Object> half = new LinkedHashMap<>(answer);
        List<?> rows = (List<?>) answer.get("results");
        half.put("results", rows.subList(0, rows.size() / 2));
        half.put("status", "Timeout");
        return half;
    }

    /**
     * Confirms nothing that all lines do not show, names the same first cause or says that it cannot tell, never calls an
     * edge healthy that is not, and counts exactly.
     */
    private static void isNotWrong(Diagnosis less, Diagnosis whole, String what) {
        confirmsNothingElse(less, whole, what);
        assertThat(less.traffic().map(t -> t.failed() + " of " + t.requests()))
                .as(what)
                .isEqualTo(whole.traffic().map(t -> t.failed() + " of " + t.requests()));
        if (whole.outcome() == Diagnosis.Outcome.HEALTHY) {
            assertThat(less.outcome()).as(what).isNotEqualTo(Diagnosis.Outcome.FINDINGS);
        } else {
            assertThat(less.outcome()).as(what).isNotEqualTo(Diagnosis.Outcome.HEALTHY);
        }
        Optional<Finding> first = less.causes().findings().stream().findFirst();
        whole.causes().findings().stream()
                .findFirst()
                .filter(cause -> !first.map(Finding::cause).equals(Optional.of(cause.cause())))
                .ifPresent(cause -> assertThat(less.causes().undetermined())
                        .as(what)
                        .anySatisfy(unknown -> {
                            assertThat(unknown.cause()).isEqualTo(cause.cause());
                            assertThat(unknown.missing()).isNotEmpty();
                        }));
    }

    private static List<String> undetermined(Diagnosis diagnosis) {
        return diagnosis.causes().undetermined().stream()
                .map(unknown -> unknown.cause().code())
                .toList();
    }

    private static void confirmsNothingElse(Diagnosis less, Diagnosis whole, String what) {
        assertThat(less.causes().faults()).as(what).isEmpty();
        List<String> found = whole.causes().findings().stream()
                .map(finding -> finding.cause().code())
                .toList();
        assertThat(less.causes().findings().stream()
                        .filter(finding -> finding.assessment().verdict() == Verdict.CONFIRMED)
                        .map(finding -> finding.cause().code()))
                .as(what)
                .isSubsetOf(found);
    }
}
