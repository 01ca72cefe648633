package io.github.eastwest.evaluate;

import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What came of a set of incidents. */
final class Evaluation {
    private static final double[] BINS = {0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 1.01};

    /**
     * One incident and its answer.
     *
     * @param codes findings in order, notes left out
     * @param confidence of the first of them, 0 without one
     * @param undetermined causes that could not be examined, by the answer
     * @param ruledOut causes that are excluded, by the answer
     */
    record Result(
            Case incident,
            Diagnosis.Outcome outcome,
            List<RootCause> codes,
            double confidence,
            Set<RootCause> undetermined,
            Set<RootCause> ruledOut,
            List<String> faults) {
        boolean faulty() {
            return !incident.truth().isEmpty();
        }

        /** Whether the case holds traces of a cause of its. */
        boolean decidable() {
            return !incident.decidable().isEmpty();
        }

        boolean topOne() {
            return !codes.isEmpty() && incident.truth().contains(codes.get(0));
        }

        /** All true causes are among the first three. */
        boolean topThree() {
            return codes.stream().limit(3).toList().containsAll(incident.truth());
        }

        /** All true causes of which the case holds traces are among the first three. */
        boolean decidableTopThree() {
            return codes.stream().limit(3).toList().containsAll(incident.decidable());
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

        /** Its true causes are said to need sources that are missing. */
        boolean leftOpen() {
            return !topOne() && undetermined.containsAll(incident.truth());
        }

        /** A true cause is said to be excluded. */
        boolean wronglyExcluded() {
            return incident.truth().stream().anyMatch(ruledOut::contains);
        }

        /** Whether its confidence can be judged: nobody knows what is true of the blind spots of a healthy edge. */
        boolean judged() {
            return !codes.isEmpty() && (faulty() || !codes.get(0).blindSpot());
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
                diagnosis.causes().undetermined().stream()
                        .map(Diagnosis.Undetermined::cause)
                        .collect(Collectors.toSet()),
                diagnosis.causes().ruledOut().stream()
                        .map(Diagnosis.RuledOut::cause)
                        .collect(Collectors.toSet()),
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
        List<Result> decidable = faulty().stream().filter(Result::decidable).toList();
        text.append("| incidents that hold traces of their cause | number | top-1 | top-3 | inconclusive instead")
                .append(" | wrong first | false greens |\n")
                .append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        row(text, "all", decidable, Result::decidableTopThree);
        group(decidable, r -> r.incident().kind())
                .forEach((name, group) -> row(text, name, group, Result::decidableTopThree));
        group(decidable, Evaluation::sides).forEach((name, group) -> row(text, name, group, Result::decidableTopThree));
        long half = decidable.stream()
                .filter(r -> !r.incident().decidable().equals(r.incident().truth()))
                .count();
        text.append("\nOf ")
                .append(half)
                .append(
                        " of the incidents with two causes, one left traces and the other none: only the first is asked for.\n\n");
        List<Result> traceless = faulty().stream().filter(r -> !r.decidable()).toList();
        text.append("| incidents without traces of their cause | number | named first all the same | left open,")
                .append(" with the missing source | excluded wrongly | another cause named | false greens |\n")
                .append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        text.append(String.format(
                Locale.ROOT,
                "| all | %d | %d | %d | %d | %d | %d |\n\n",
                traceless.size(),
                count(traceless, Result::topOne),
                count(traceless, Result::leftOpen),
                count(traceless, Result::wronglyExcluded),
                count(traceless, r -> !r.topOne() && !r.silent()),
                count(traceless, Result::falseGreen)));
        text.append("| both together, every cause asked for | number | top-1 | top-3 | inconclusive instead")
                .append(" | wrong first | false greens |\n")
                .append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        row(text, "all", faulty(), Result::topThree);
        group(faulty(), Evaluation::sides).forEach((name, group) -> row(text, name, group, Result::topThree));
        text.append("\nHealthy edges: ")
                .append(healthy().size())
                .append(", false alarms: ")
                .append(count(healthy(), Result::falseAlarm))
                .append(" (")
                .append(percent(share(healthy(), Result::falseAlarm)))
                .append(").\n\n");
        text.append(
                "| confidence of the first finding | number | mean confidence | right |\n| --- | ---: | ---: | ---: |\n");
        for (int i = 0; i + 1 < BINS.length; i++) {
            double from = BINS[i];
            double to = BINS[i + 1];
            List<Result> bin = results.stream()
                    .filter(r -> r.judged() && r.confidence() >= from && r.confidence() < to)
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
        text.append(String.format(
                Locale.ROOT,
                "\nThe first findings claim %.3f on average, and %.3f of them are right.\n",
                claimed(),
                right()));
        return text.toString();
    }

    /** Mean confidence of the first findings. */
    double claimed() {
        return results.stream()
                .filter(Result::judged)
                .mapToDouble(Result::confidence)
                .average()
                .orElse(0);
    }

    /** Share of the first findings that are true. */
    double right() {
        return share(results.stream().filter(Result::judged).toList(), Result::topOne);
    }

    private static long count(List<Result> among, Predicate<Result> which) {
        return among.stream().filter(which).count();
    }

    private static String sides(Result r) {
        return "logs of "
                + (r.incident().sides().equals("both")
                        ? "both sides"
                        : "the " + r.incident().sides() + " only");
    }

    private static Map<String, List<Result>> group(List<Result> among, Function<Result, String> key) {
        return among.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
    }

    private static void row(StringBuilder text, String name, List<Result> group, Predicate<Result> topThree) {
        text.append(String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s | %s | %s | %d |\n",
                name,
                group.size(),
                percent(share(group, Result::topOne)),
                percent(share(group, topThree)),
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
            boolean wrong = r.faulty() ? !r.topOne() || !r.decidableTopThree() || r.falseGreen() : r.falseAlarm();
            if (wrong || !r.faults().isEmpty()) {
                misses.add((r.faulty() && !r.decidable() ? "no trace: " : "")
                        + r.incident().name() + " [" + r.incident().kind() + ", "
                        + r.incident().sides() + "; "
                        + r.incident().changes() + "] truth "
                        + codes(r.incident().truth()) + ", said "
                        + codes(r.codes().stream().limit(4).toList()) + " "
                        + (r.wronglyExcluded() ? "EXCLUDED " : "")
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
