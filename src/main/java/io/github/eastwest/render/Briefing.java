package io.github.eastwest.render;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.TrafficReport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What every form of the report says alike, in words: the headline, how many calls failed, where they failed, and what to do
 * next. All strings are clean (see {@link Foreign}) and not yet escaped for any format.
 */
public final class Briefing {
    /** Names longer than this are cut in headlines; ECS allows 255 characters, people use 20. */
    private static final int NAME_LENGTH = 60;

    private final Diagnosis diagnosis;

    private Briefing(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    /** What to say about that diagnosis. */
    public static Briefing of(Diagnosis diagnosis) {
        return new Briefing(diagnosis);
    }

    /** How a report looks at first sight; each tone has a sign and words, never a colour alone. */
    public enum Tone {
        FAULT("\u2717"),
        WARNING("!"),
        NOTE("i"),
        HEALTHY("\u2713"),
        INCONCLUSIVE("?");

        private final String sign;

        Tone(String sign) {
            this.sign = sign;
        }

        /** One character. */
        public String sign() {
            return sign;
        }

        /** The name in lower case. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The failed calls of one hop.
     *
     * @param hop which
     * @param failed calls whose failure was made there
     * @param fault whether the leading finding puts the fault there
     */
    public record HopLoad(Hop hop, long failed, boolean fault) {}

    /** The finding that the headline is about. */
    public Optional<Finding> lead() {
        return diagnosis.causes().findings().stream().findFirst();
    }

    /** Findings after the leading one. */
    public List<Finding> others() {
        List<Finding> findings = diagnosis.causes().findings();
        return findings.isEmpty() ? List.of() : findings.subList(1, findings.size());
    }

    /** The tone of the outcome; findings take the worst severity among them. */
    public Tone tone() {
        return switch (diagnosis.outcome()) {
            case HEALTHY -> Tone.HEALTHY;
            case INCONCLUSIVE -> Tone.INCONCLUSIVE;
            case FINDINGS -> {
                Severity worst = diagnosis.causes().findings().stream()
                        .map(finding -> finding.assessment().severity())
                        .min(Severity::compareTo)
                        .orElse(Severity.ERROR);
                yield tone(worst);
            }
        };
    }

    /** The tone of a severity. */
    public static Tone tone(Severity severity) {
        return switch (severity) {
            case ERROR -> Tone.FAULT;
            case WARNING -> Tone.WARNING;
            case NOTE -> Tone.NOTE;
        };
    }

    /** {@code label-printer → address-check}. */
    public String edge() {
        Edge edge = diagnosis.edge();
        return name(edge.caller()) + " \u2192 " + name(edge.callee());
    }

    /** Cluster, namespace and method of the edge, the known ones. */
    public List<String> place() {
        Edge edge = diagnosis.edge();
        List<String> place = new ArrayList<>();
        edge.cluster().ifPresent(cluster -> place.add("cluster " + name(cluster)));
        edge.calleeCluster().ifPresent(cluster -> place.add("callee's cluster " + name(cluster)));
        edge.namespace().ifPresent(namespace -> place.add("namespace " + name(namespace)));
        place.add(
                edge.method() == Edge.Method.UNKNOWN
                        ? "method unknown"
                        : edge.method().id());
        return place;
    }

    /** {@code 2026-11-21 04:15:00Z to 04:18:00Z (3 min)}. */
    public String window() {
        return Units.span(diagnosis.window().from(), diagnosis.window().to()) + " ("
                + Units.duration(diagnosis.window().length()) + ")";
    }

    /** The verdict's word for the outcome: {@code LIKELY CAUSE at network}, {@code HEALTHY}, {@code INCONCLUSIVE}. */
    public String verdict() {
        return switch (diagnosis.outcome()) {
            case HEALTHY -> "HEALTHY";
            case INCONCLUSIVE -> "INCONCLUSIVE";
            case FINDINGS -> lead().map(Briefing::verdict).orElse("FINDINGS");
        };
    }

    private static String verdict(Finding finding) {
        if (finding.cause().blindSpot()) {
            return "BLIND SPOT at " + finding.assessment().hop().id();
        }
        return word(finding.assessment().verdict()).toUpperCase(Locale.ROOT) + " CAUSE at "
                + finding.assessment().hop().id();
    }

    /** What goes after the verdict: the cause, or what the outcome means. */
    public String claim() {
        return switch (diagnosis.outcome()) {
            case HEALTHY -> "every required source was read and nothing was found";
            case INCONCLUSIVE -> {
                if (diagnosis.traffic().isEmpty()) {
                    yield "what was read does not tell whether calls fail";
                }
                TrafficReport traffic = diagnosis.traffic().get();
                if (traffic.requests() == 0) {
                    yield "no call was seen, so nothing tells whether calls fail";
                }
                yield traffic.failed() > 0
                        ? "calls fail, and what was read does not tell why"
                        : "nothing found, but what was read is not enough to say healthy";
            }
            case FINDINGS ->
                lead().map(lead -> lead.cause().code() + " " + lead.cause().title())
                        .orElse("none is listed");
        };
    }

    /** {@code 1 139 of 1 619 calls failed (70.4 %)}, or why that is not known. */
    public String calls() {
        return diagnosis
                .traffic()
                .map(traffic -> {
                    if (traffic.requests() == 0) {
                        return "no call in the window";
                    }
                    return Units.count(traffic.failed()) + " of " + Units.count(traffic.requests(), "call")
                            + " failed (" + Units.share(traffic.failed(), traffic.requests()) + ")";
                })
                .orElse("calls not counted: no access line was read");
    }

    /** How sure the leading finding is, without the verdict's word, or empty. */
    public Optional<String> sureness() {
        if (diagnosis.outcome() != Diagnosis.Outcome.FINDINGS) {
            return Optional.empty();
        }
        return lead().map(Briefing::confidence);
    }

    private static String confidence(Finding finding) {
        return "confidence " + Units.confidence(finding.assessment().confidence()) + " of 1";
    }

    /** {@code likely, confidence 0.93 of 1}. */
    public static String sureness(Finding finding) {
        return word(finding.assessment().verdict()) + ", " + confidence(finding);
    }

    /** The verdict in words. */
    public static String word(Verdict verdict) {
        return switch (verdict) {
            case CONFIRMED -> "confirmed";
            case LIKELY -> "likely";
            case POSSIBLE -> "possible";
            case RULED_OUT -> "ruled out";
            case UNDETERMINED -> "undetermined";
        };
    }

    /** The coverage state in words. */
    public static String word(Coverage.State state) {
        return switch (state) {
            case COMPLETE -> "read";
            case PARTIAL -> "read in part";
            case DENIED -> "not read (access denied)";
            case NOT_CONFIGURED -> "nothing to read (not configured)";
            case NOT_COLLECTED -> "not read (not collected)";
            case FAILED -> "not read (failed)";
        };
    }

    /** All hops in the order a request passes them; empty when no call was counted. */
    public List<HopLoad> path() {
        Map<Hop, Long> failed = new EnumMap<>(Hop.class);
        diagnosis
                .traffic()
                .ifPresent(traffic -> traffic.conditions().stream()
                        .filter(count ->
                                count.condition().failure() && count.hop().isPresent())
                        .forEach(count -> failed.merge(count.hop().get(), count.count(), Long::sum)));
        Optional<Hop> fault = lead().filter(lead -> !lead.cause().blindSpot())
                .map(lead -> lead.assessment().hop());
        List<HopLoad> path = new ArrayList<>();
        for (Hop hop : Hop.values()) {
            path.add(new HopLoad(hop, failed.getOrDefault(hop, 0L), fault.isPresent() && fault.get() == hop));
        }
        return path;
    }

    /** Failed calls whose hop is not known. */
    public long failedNowhere() {
        return diagnosis.traffic().map(TrafficReport::conditions).orElse(List.of()).stream()
                .filter(count -> count.condition().failure() && count.hop().isEmpty())
                .mapToLong(TrafficReport.ConditionCount::count)
                .sum();
    }

    /** {@code 0 of 1 139 failed calls fit no finding}, or why that is not known. */
    public String remainder() {
        return diagnosis
                .traffic()
                .map(traffic -> traffic.failed() == 0
                        ? "0: no call failed"
                        : Units.count(traffic.unattributed()) + " of " + Units.count(traffic.failed(), "failed call")
                                + " (" + Units.share(traffic.unattributed(), traffic.failed())
                                + ") fit no finding")
                .orElse("not known: no access line was read");
    }

    /** Why there are no percentiles. */
    public String noLatency() {
        return diagnosis.traffic().isEmpty() ? "no access line was read" : "no call was answered";
    }

    /** Evidence of a finding that points one way. */
    public static List<Evidence> evidence(Finding finding, Evidence.Supports supports) {
        return finding.evidence().stream()
                .filter(evidence -> evidence.supports() == supports)
                .toList();
    }

    /** How many failed calls a finding explains by itself and through the findings that follow from it. */
    public String explains(Finding finding) {
        String own = finding.explained() == 0
                ? "explains no failed call by itself"
                : "explains " + Units.count(finding.explained(), "failed call");
        List<Finding> consequences = diagnosis.causes().findings().stream()
                .filter(other -> other.cause() != finding.cause()
                        && other.explained() > 0
                        && other.causedBy()
                                .filter(cause -> cause == finding.cause())
                                .isPresent())
                .toList();
        if (consequences.isEmpty()) {
            return own;
        }
        StringBuilder words = new StringBuilder(own);
        for (Finding consequence : consequences) {
            words.append(", ")
                    .append(Units.count(consequence.explained()))
                    .append(" more through ")
                    .append(consequence.cause().code());
        }
        return words.toString();
    }

    /** What explains a finding, in words; empty for a first cause. */
    public static Optional<String> explainedBy(Finding finding) {
        return finding.causedBy().map(cause -> "a consequence of " + cause.code() + ": goes away when that is fixed");
    }

    /** Entries that were read, in part at most or not at all. */
    public List<Coverage.Entry> notComplete() {
        return diagnosis.coverage().entries().stream()
                .filter(entry -> entry.state() != Coverage.State.COMPLETE)
                .toList();
    }

    /** Whether that state means that something was there to read and was not read. */
    public static boolean isBlind(Coverage.State state) {
        return switch (state) {
            case COMPLETE, PARTIAL, NOT_CONFIGURED -> false;
            case DENIED, NOT_COLLECTED, FAILED -> true;
        };
    }

    /** The one thing to do now, without the word {@code next}. */
    public String next() {
        return switch (diagnosis.outcome()) {
            case HEALTHY -> "nothing to do for this window";
            case FINDINGS -> lead().map(Briefing::next).orElse("read the evidence above");
            case INCONCLUSIVE -> nextWhenInconclusive();
        };
    }

    private static String next(Finding lead) {
        String code = lead.cause().code();
        if (lead.assessment().verdict() == Verdict.CONFIRMED && !lead.fix().isEmpty()) {
            return "apply the fix of " + code + " above";
        }
        if (!lead.confirm().isEmpty()) {
            return "run the confirm command of " + code + " above"
                    + (lead.fix().isEmpty() ? "" : ", then apply its fix");
        }
        return lead.fix().isEmpty() ? "read the evidence of " + code + " above" : "apply the fix of " + code + " above";
    }

    private String nextWhenInconclusive() {
        Optional<Finding> blindSpot = diagnosis.causes().findings().stream()
                .filter(finding -> finding.cause().blindSpot() && !finding.fix().isEmpty())
                .findFirst();
        if (blindSpot.isPresent()) {
            return "apply the fix of " + blindSpot.get().cause().code() + " above, then run again";
        }
        List<String> missing = mostMissed();
        if (!missing.isEmpty()) {
            return nextForMissing(missing.get(0), missing.size() - 1);
        }
        if (diagnosis.traffic().isPresent() && diagnosis.traffic().get().unattributed() > 0) {
            return "read the unattributed calls above";
        }
        return "look at a longer window, or at one with more calls";
    }

    private String nextForMissing(String input, int more) {
        Coverage.State state = diagnosis.coverage().entries().stream()
                .filter(entry -> entry.input().equals(input))
                .map(Coverage.Entry::state)
                .findFirst()
                .orElse(Coverage.State.NOT_COLLECTED);
        boolean log = input.equals(Input.CALLER_LOGS.id()) || input.equals(Input.CALLEE_LOGS.id());
        String what = name(input) + (more > 0 ? " and " + more + " more" : "");
        return switch (state) {
            case DENIED -> "allow reading " + what + ", then run again";
            case FAILED -> "run again: reading " + what + " failed";
            case NOT_COLLECTED -> "collect " + what + ", then run again";
            case NOT_CONFIGURED ->
                (log ? "enable the proxies' access logs" : "set up " + name(input)) + ", then run again";
            // Read, and still not enough to examine a cause: more of the same is what helps.
            case COMPLETE, PARTIAL -> "look at a longer window, or at one with more calls";
        };
    }

    /** Inputs that causes could not be examined for, the one that most causes miss first. */
    private List<String> mostMissed() {
        Map<String, Integer> misses = new LinkedHashMap<>();
        diagnosis
                .causes()
                .undetermined()
                .forEach(undetermined -> undetermined.missing().forEach(input -> misses.merge(input, 1, Integer::sum)));
        if (misses.isEmpty()) {
            return diagnosis.coverage().entries().stream()
                    .filter(entry -> isBlind(entry.state()) && !Input.isOptional(entry.input()))
                    .map(Coverage.Entry::input)
                    .toList();
        }
        return misses.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Causes under the reason they share, in order of their first appearance: one line for twenty alike. */
    public static <T> Map<String, List<T>> grouped(List<T> entries, Function<T, String> reason) {
        Map<String, List<T>> groups = new LinkedHashMap<>();
        entries.forEach(entry -> groups.computeIfAbsent(reason.apply(entry), unused -> new ArrayList<>())
                .add(entry));
        return groups;
    }

    private static String name(String name) {
        return Foreign.clean(name, NAME_LENGTH);
    }
}
