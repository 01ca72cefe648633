package io.github.eastwest.evaluate;

import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What came of a set of incidents. */
final class Evaluation {
    private static final double[] BINS = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01};

    /**
     * One incident and its answer.
     *
     * @param codes findings in order, notes left out
     * @param confidence of the first of them, 0 without one
     */
    record Result(
            Case incident, Diagnosis.Outcome outcome, List<RootCause> codes, double confidence, List<String> faults) {
        boolean faulty() {
            return !incident.truth().isEmpty();
        }

        boolean topOne() {
            return !codes.isEmpty() && incident.truth().contains(codes.get(0));
        }

        /** All true causes are among the first three. */
        boolean topThree() {
            return codes.stream().limit(3).toList().containsAll(incident.truth());
        }

        /** Called healthy although it is not; a blind spot that is named may lie beside an edge that is well. */
        boolean falseGreen() {
            boolean harm = incident.truth().stream().anyMatch(c -> !c.blindSpot());
            return faulty() && outcome == Diagnosis.Outcome.HEALTHY && (harm || !topOne());
        }

        /** Nothing is claimed: inconclusive. */
        boolean silent() {
            return outcome == Diagnosis.Outcome.INCONCLUSIVE && !topOne();
        }

        /** A fault named on an edge that has none; what cannot be seen is no fault of the edge. */
        boolean falseAlarm() {
            return !faulty() && codes.stream().anyMatch(c -> !c.blindSpot());
        }
    }

    private final List<Result> results;

    private Evaluation(List<Result> results) {
        this.results = results;
    }

    static Evaluation of(List<Case> cases) {
        return new Evaluation(cases.parallelStream().map(Evaluation::run).toList());
    }

    private static Result run(Case incident) {
        Diagnosis diagnosis = incident.diagnose();
        List<Finding> findings = diagnosis.causes().findings().stream()
                .filter(f -> f.assessment().severity().atLeast(Severity.WARNING))
                .toList();
        return new Result(
                incident,
                diagnosis.outcome(),
                findings.stream().map(Finding::cause).toList(),
                findings.isEmpty() ? 0 : findings.get(0).assessment().confidence(),
                diagnosis.causes().faults());
    }

    List<Result> results() {
        return results;
    }

    List<Result> faulty() {
        return results.stream().filter(Result::faulty).toList();
    }

    List<Result> healthy() {
        return results.stream().filter(r -> !r.faulty()).toList();
    }

    static double share(List<Result> among, Predicate<Result> which) {
        return among.isEmpty() ? 0 : (double) among.stream().filter(which).count() / among.size();
    }

    /** The numbers as Markdown tables. */
    String report() {
        StringBuilder text = new StringBuilder();
        text.append("| incidents | number | top-1 | top-3 | inconclusive instead | wrong first | false greens |\n")
                .append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        row(text, "all with a cause", faulty());
        group(r -> r.incident().kind()).forEach((name, group) -> row(text, name, group));
        group(r -> "logs of "
                        + (r.incident().sides().equals("both")
                                ? "both sides"
                                : "the " + r.incident().sides() + " only"))
                .forEach((name, group) -> row(text, name, group));
        long alarms = healthy().stream().filter(Result::falseAlarm).count();
        text.append("\nHealthy edges: ")
                .append(healthy().size())
                .append(", false alarms: ")
                .append(alarms)
                .append(" (")
                .append(percent(share(healthy(), Result::falseAlarm)))
                .append(").\n\n");
        text.append(
                "| confidence of the first finding | number | mean confidence | right |\n| --- | ---: | ---: | ---: |\n");
        for (int i = 0; i + 1 < BINS.length; i++) {
            double from = BINS[i];
            double to = BINS[i + 1];
            List<Result> bin = results.stream()
                    .filter(r -> r.confidence() >= from && r.confidence() < to)
                    .toList();
            if (!bin.isEmpty()) {
                text.append(String.format(
                        Locale.ROOT,
                        "| %.2f to %s | %d | %.2f | %s |\n",
                        from,
                        to > 1 ? "0.99" : String.format(Locale.ROOT, "%.2f", to),
                        bin.size(),
                        bin.stream().mapToDouble(Result::confidence).average().orElse(0),
                        percent(share(bin, Result::topOne))));
            }
        }
        return text.toString();
    }

    private Map<String, List<Result>> group(Function<Result, String> key) {
        return faulty().stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
    }

    private static void row(StringBuilder text, String name, List<Result> group) {
        text.append(String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s | %s | %s | %d |\n",
                name,
                group.size(),
                percent(share(group, Result::topOne)),
                percent(share(group, Result::topThree)),
                percent(share(group, Result::silent)),
                percent(share(group, r -> !r.topOne() && !r.silent())),
                group.stream().filter(Result::falseGreen).count()));
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** Every incident that was not answered as it should be, one per line. */
    List<String> misses() {
        List<String> misses = new ArrayList<>();
        for (Result r : results) {
            boolean wrong = r.faulty() ? !r.topOne() || !r.topThree() || r.falseGreen() : r.falseAlarm();
            if (wrong || !r.faults().isEmpty()) {
                misses.add(r.incident().name() + " [" + r.incident().kind() + ", "
                        + r.incident().sides() + "; "
                        + r.incident().changes() + "] truth "
                        + codes(r.incident().truth()) + ", said "
                        + codes(r.codes().stream().limit(4).toList()) + " "
                        + r.outcome().id()
                        + (r.falseGreen() ? " FALSE GREEN" : "")
                        + (r.falseAlarm() ? " FALSE ALARM" : "")
                        + (r.faults().isEmpty() ? "" : " " + r.faults()));
            }
        }
        return misses;
    }

    private static String codes(java.util.Collection<RootCause> causes) {
        return causes.stream().map(RootCause::code).collect(Collectors.joining(" ", "[", "]"));
    }
}
