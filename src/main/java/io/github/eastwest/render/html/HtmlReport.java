package io.github.eastwest.render.html;

import java.util.List;
import java.util.Optional;

/**
 * Everything the template shows, in the order of the page. All strings are clean and bounded; the template escapes them.
 *
 * @param head the banner
 * @param tiles four numbers
 * @param path the hops
 * @param findings as cards
 * @param traffic charts and tables of calls
 * @param examined causes that are no findings
 * @param record coverage and timeline
 * @param about where the report comes from
 */
public record HtmlReport(
        Head head,
        List<Tile> tiles,
        Path path,
        Findings findings,
        Calls traffic,
        Examined examined,
        Record record,
        About about) {
    public HtmlReport {
        tiles = List.copyOf(tiles);
    }

    /** The findings, and how many are left out. */
    public record Findings(List<Card> cards, String more) {
        public Findings {
            cards = List.copyOf(cards);
        }
    }

    /** The evidence of a finding, and how much is left out. */
    public record Facts(List<Fact> rows, String more) {
        public Facts {
            rows = List.copyOf(rows);
        }

        /** Whether something speaks against the finding. */
        public boolean contested() {
            return rows.stream().anyMatch(fact -> !fact.supports());
        }
    }

    /**
     * The banner.
     *
     * @param tone class that colours it
     * @param sign one character beside the colour
     * @param verdict in capitals
     * @param claim after the verdict
     * @param sureness how sure, and how many calls failed
     * @param edge caller and callee
     * @param place cluster, namespace, method
     * @param next the one thing to do, with the place in the page that it is about
     * @param gaps what an inconclusive outcome lacks
     */
    public record Head(
            String tone,
            String sign,
            String verdict,
            String claim,
            List<String> sureness,
            String edge,
            String place,
            Next next,
            List<String> gaps) {
        public Head {
            sureness = List.copyOf(sureness);
            gaps = List.copyOf(gaps);
        }

        /** Whether the banner has to say that this is no clean bill of health. */
        public boolean inconclusive() {
            return tone.equals("inconclusive");
        }
    }

    /** What to do next; {@code href} is empty where no place in the page is about it. */
    public record Next(String text, String href) {}

    /** The way of a call, and the failed calls that fit nowhere on it. */
    public record Path(boolean counted, List<Hop> hops, String nowhere) {
        public Path {
            hops = List.copyOf(hops);
        }
    }

    /** A hop: its id, who stands there, failed calls, the share of all failed calls in percent of a bar's width. */
    public record Hop(String id, String who, String failed, String note, String bar, boolean fault) {}

    /** A point in time: exact for machines, short for people. */
    public record Moment(String iso, String text) {}

    /**
     * A finding.
     *
     * @param id anchor; empty when another finding of that cause has it
     * @param title what it is
     * @param assessment how sure, how bad, where
     * @param summary claim, place, numbers
     * @param evidence for and against
     * @param confirm commands
     * @param fix steps
     * @param page the cause's page, collapsed; empty when there is none
     */
    public record Card(
            String id,
            Title title,
            Assessment assessment,
            String summary,
            Facts evidence,
            List<Confirm> confirm,
            List<Fix> fix,
            List<CausePage.Part> page) {
        public Card {
            confirm = List.copyOf(confirm);
            fix = List.copyOf(fix);
            page = List.copyOf(page);
        }
    }

    /** Code, slug and claim of a cause. */
    public record Title(String code, String slug, String claim) {}

    /**
     * How sure, how bad, where.
     *
     * @param tone class that colours the card
     * @param sign one character beside the colour
     * @param severity in a word
     * @param verdict in words
     * @param confidence as number
     * @param bar confidence in percent of a bar's width
     * @param hop where
     * @param explains failed calls it explains, and what explains it
     */
    public record Assessment(
            String tone,
            String sign,
            String severity,
            String verdict,
            String confidence,
            String bar,
            String hop,
            Explains explains) {}

    /** Failed calls that a finding explains; {@code consequence} is empty for a first cause. */
    public record Explains(String calls, String consequence, String href) {}

    /** One fact for or against. */
    public record Fact(
            String id,
            String anchor,
            boolean supports,
            String statement,
            String source,
            String observed,
            String threshold) {}

    /** A read-only command with its expected answers. */
    public record Confirm(String command, String confirmedIf, String refutedIf) {}

    /** A step and its risk. */
    public record Fix(String step, String risk) {}

    /**
     * Calls.
     *
     * @param absence why there are none; empty when there are
     * @param calls chart of calls over time
     * @param latency chart of latency over time
     * @param percentiles of the whole window
     * @param notes how the charts were made
     * @param conditions what happened
     * @param hosts by callee task
     * @param unattributed what no finding explains, with examples
     */
    public record Calls(
            String absence,
            Optional<Chart> calls,
            Optional<Chart> latency,
            List<Tile> percentiles,
            Notes notes,
            List<ConditionRow> conditions,
            Hosts hosts,
            Unattributed unattributed) {
        public Calls {
            percentiles = List.copyOf(percentiles);
            conditions = List.copyOf(conditions);
        }
    }

    /** Why a chart is missing, or what is special about it. */
    public record Notes(String calls, String latency) {}

    /** How many calls had a condition. */
    public record ConditionRow(
            String id, String count, String share, String bar, String result, String hop, String basis) {}

    /** Calls by callee task, and what the rows leave out. */
    public record Hosts(List<HostRow> rows, String note) {
        public Hosts {
            rows = List.copyOf(rows);
        }
    }

    /** One callee task. */
    public record HostRow(
            String host,
            String task,
            String zone,
            String revision,
            String requests,
            String failed,
            String share,
            String bar) {}

    /** Failed calls that no finding explains, and raw calls to look at. */
    public record Unattributed(String text, List<Example> examples, String more) {
        public Unattributed {
            examples = List.copyOf(examples);
        }
    }

    /** A failed call as its lines show it. */
    public record Example(String condition, String text, String stream, String line) {}

    /** Causes ruled out, causes that could not be examined, rules that crashed. */
    public record Examined(List<Examination> ruledOut, List<Examination> undetermined, List<String> faults) {
        public Examined {
            ruledOut = List.copyOf(ruledOut);
            undetermined = List.copyOf(undetermined);
            faults = List.copyOf(faults);
        }
    }

    /** Causes that share a reason. */
    public record Examination(List<Title> causes, String reason) {
        public Examination {
            causes = List.copyOf(causes);
        }

        /** Whether more than one cause has the reason. */
        public boolean shared() {
            return causes.size() > 1;
        }
    }

    /** What was read, and what happened. */
    public record Record(
            String coverageSummary,
            List<CoverageRow> coverage,
            String moreCoverage,
            List<Event> timeline,
            String moreEvents) {
        public Record {
            coverage = List.copyOf(coverage);
            timeline = List.copyOf(timeline);
        }
    }

    /** One source. */
    public record CoverageRow(String input, String state, String style, String detail) {}

    /** A fact with its time; {@code href} is empty where its evidence is not in the page. */
    public record Event(Moment at, String kind, String text, String evidence, String href) {}
}
