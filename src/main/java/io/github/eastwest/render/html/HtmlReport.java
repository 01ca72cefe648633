package io.github.eastwest.render.html;

import io.github.eastwest.render.Units;
import java.util.List;
import java.util.Optional;

/**
 * Everything the incident report shows, one record per section. All strings are clean and bounded; templates escape them.
 *
 * @param head the banner
 * @param impact numbers and times of the failure
 * @param path the hops
 * @param errors failed calls over time
 * @param timeline events in lanes
 * @param hypotheses every cause with what speaks for it, against it, and what is missing
 * @param findings as cards
 * @param examined the remainder, causes ruled out and causes not examined
 * @param sides the caller's view against the callee's
 * @param latency durations
 * @param who tasks, zones, revisions and paths
 * @param reasons conditions by hop
 * @param changes what changed
 * @param ladder budgets of time
 * @param capacity small charts of metrics
 * @param coverage what was read
 * @param appendix raw lines
 * @param about where the report comes from
 */
public record HtmlReport(
        Head head,
        Impact impact,
        Path path,
        Errors errors,
        Timeline timeline,
        Hypotheses hypotheses,
        Findings findings,
        Examined examined,
        Sides sides,
        Durations latency,
        Who who,
        Reasons reasons,
        Changes changes,
        Ladder ladder,
        Capacity capacity,
        Sources coverage,
        Appendix appendix,
        About about) {
    /** A point in time: exact for machines, short for people. */
    public record Moment(String iso, String text) {}

    /** A link within the page; {@code href} is empty where there is nothing to lead to. */
    public record Link(String text, String href) {}

    /**
     * A table of cells.
     *
     * @param head names of the columns, the first one that of the rows
     */
    public record Grid(List<String> head, List<GridRow> rows) {
        /** No table. */
        public static final Grid NONE = new Grid(List.of(), List.of());

        public Grid {
            head = List.copyOf(head);
            rows = List.copyOf(rows);
        }

        /** A name in pieces between which a line may end: {@code upstream_}, {@code reset}. */
        public List<String> pieces(String name) {
            return List.of(name.split("(?<=_)", -1));
        }
    }

    /** A row with its name. */
    public record GridRow(Link name, String note, List<Cell> cells) {
        public GridRow {
            cells = List.copyOf(cells);
        }
    }

    /** A number, tinted by how bad it is: {@code t0} (not at all) to {@code t4}, or empty for no tint. */
    public record Cell(String text, String tint) {}

    /**
     * The banner.
     *
     * @param tone class that colours it
     * @param sign one character beside the colour
     * @param verdict in capitals
     * @param claim after the verdict
     * @param sureness how sure, and how many calls failed
     * @param edge caller and callee
     * @param place cluster, namespace, method, window
     * @param next what to do first, with the place in the page that it is about
     * @param gaps what an inconclusive outcome lacks
     * @param standing how much was read, and that nobody reviewed it
     */
    public record Head(
            String tone,
            String sign,
            String verdict,
            String claim,
            List<String> sureness,
            String edge,
            String place,
            List<Todo> next,
            List<String> gaps,
            List<String> standing) {
        public Head {
            sureness = List.copyOf(sureness);
            next = List.copyOf(next);
            gaps = List.copyOf(gaps);
            standing = List.copyOf(standing);
        }

        /** Whether the banner has to say that this is no clean bill of health. */
        public boolean inconclusive() {
            return tone.equals("inconclusive");
        }
    }

    /** A thing to do: {@code Fix}, {@code Next}. */
    public record Todo(String name, Link what) {}

    /** Numbers and times of the failure. */
    public record Impact(List<Tile> tiles, List<Step> steps, TimeBar bar) {
        public Impact {
            tiles = List.copyOf(tiles);
            steps = List.copyOf(steps);
        }
    }

    /** A step of an incident, with the time it was reached or why that is not known. */
    public record Step(String id, String name, Optional<Moment> at, String note) {}

    /**
     * The window as a bar.
     *
     * @param x where the failures begin, in the chart's units
     * @param width how long they last; {@code 0} for none
     * @param bands the span of time in which they began, if known
     */
    public record TimeBar(
            String x, String width, List<Chart.Band> bands, List<Chart.Marker> markers, List<String> ticks) {
        public TimeBar {
            bands = List.copyOf(bands);
            markers = List.copyOf(markers);
            ticks = List.copyOf(ticks);
        }
    }

    /** The way of a call, and the failed calls that fit nowhere on it. */
    public record Path(boolean counted, String label, List<Hop> hops, String nowhere) {
        public Path {
            hops = List.copyOf(hops);
        }
    }

    /**
     * A hop.
     *
     * @param id its name
     * @param who stands there
     * @param failed calls whose failure was made there
     * @param on calls that went on to the next hop; empty at the last
     * @param place where it is drawn
     * @param fault whether the fault lies here
     */
    public record Hop(String id, String who, String failed, String on, Place place, boolean fault) {}

    /**
     * Where a hop is drawn.
     *
     * @param x left edge of its box in the wide drawing
     * @param y upper edge of its row in the tall drawing
     * @param bar width of its share of all failed calls, of 100
     */
    public record Place(int x, int y, String bar) {}

    /** Failed calls over time by condition and by status, and all calls. */
    public record Errors(
            String note, Optional<Chart> errors, Optional<Chart> statuses, Optional<Chart> calls, String normal) {}

    /** Events in lanes and as a list. */
    public record Timeline(List<Lane> lanes, List<String> ticks, List<Event> events, String more) {
        public Timeline {
            lanes = List.copyOf(lanes);
            ticks = List.copyOf(ticks);
            events = List.copyOf(events);
        }
    }

    /** Events of one sort; {@code note} says why there are none. */
    public record Lane(String name, List<Chart.Marker> marks, String note) {
        public Lane {
            marks = List.copyOf(marks);
        }
    }

    /** A fact with its time; the evidence's {@code href} is empty where it is not in the page. */
    public record Event(Moment at, String kind, String text, Link evidence) {}

    /** Causes with what speaks for and against them. */
    public record Hypotheses(List<Hypothesis> rows, String more) {
        public Hypotheses {
            rows = List.copyOf(rows);
        }
    }

    /**
     * A cause.
     *
     * @param bar confidence in percent of a bar's width
     * @param missing what would make it surer
     */
    public record Hypothesis(
            Link cause,
            String slug,
            String verdict,
            String confidence,
            String bar,
            List<Link> supports,
            List<Link> against,
            String missing) {
        public Hypothesis {
            supports = List.copyOf(supports);
            against = List.copyOf(against);
        }

        /** Whether what it needs was there. */
        public boolean examined() {
            return !confidence.equals(Units.ABSENT);
        }
    }

    /**
     * The findings, and how many are left out.
     *
     * @param answers of confirm steps that were run; empty when none was
     * @param check the command that tells whether a fix helped
     */
    public record Findings(List<Card> cards, String more, List<Answered> answers, String check) {
        public Findings {
            cards = List.copyOf(cards);
            answers = List.copyOf(answers);
        }
    }

    /** A confirm step that was run: the cause it is about, what its answer means, and what was seen. */
    public record Answered(Link cause, String command, String answer, String seen, String source) {}

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

    /** Failed calls that a finding explains; {@code consequence} is empty for a first cause, {@code rows} without raw lines. */
    public record Explains(String calls, String consequence, String href, String rows) {}

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

    /** A step, the command that does it (may be empty), and its risk. */
    public record Fix(String step, String command, String risk, String rollback, String rollbackCommand) {}

    /** The remainder, causes ruled out, causes that could not be examined, rules that crashed. */
    public record Examined(
            String remainder,
            List<Addend> sum,
            List<Examination> ruledOut,
            List<Examination> undetermined,
            List<String> faults) {
        public Examined {
            sum = List.copyOf(sum);
            ruledOut = List.copyOf(ruledOut);
            undetermined = List.copyOf(undetermined);
            faults = List.copyOf(faults);
        }
    }

    /** A part of all failed calls; the last one is the whole. */
    public record Addend(Link name, String count, String share, boolean whole) {}

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

    /** Both sides' views. */
    public record Sides(String note, Grid totals, List<Chart> charts) {
        public Sides {
            charts = List.copyOf(charts);
        }
    }

    /** Durations of calls. */
    public record Durations(
            String note, List<Tile> percentiles, Optional<Chart> lines, Optional<Chart> heat, String heatNote) {
        public Durations {
            percentiles = List.copyOf(percentiles);
        }
    }

    /** Calls by callee task and zone, by revision, by path, and in comparison with others. */
    public record Who(Grid tasks, String tasksNote, Grid revisions, Grid paths, String pathsNote, Grid controls) {}

    /** Why calls failed and where, and all conditions. */
    public record Reasons(Grid hops, List<ConditionRow> conditions, String absence) {
        public Reasons {
            conditions = List.copyOf(conditions);
        }
    }

    /** How many calls had a condition. */
    public record ConditionRow(
            String id, String count, String share, String bar, String result, String hop, String basis) {}

    /** What changed, whether one of them is suspected, and where was looked. */
    public record Changes(String verdict, List<Change> rows, String more, String read) {
        public Changes {
            rows = List.copyOf(rows);
        }
    }

    /** A change; its details are a diff. */
    public record Change(
            String id,
            Moment at,
            String kind,
            String subject,
            String text,
            String source,
            String when,
            String suspicion,
            Link cause,
            List<Difference> details) {
        public Change {
            details = List.copyOf(details);
        }
    }

    /** A setting before and after. */
    public record Difference(String name, String before, String after) {}

    /** Budgets of time. */
    public record Ladder(List<Rung> rungs, String more) {
        public Ladder {
            rungs = List.copyOf(rungs);
        }
    }

    /**
     * One budget.
     *
     * @param basis how the limit is known, and where from
     * @param once width of one attempt's limit, of 1000; all of it where there is no limit
     * @param all width of all attempts together
     * @param endless whether there is no limit
     */
    public record Rung(
            String name,
            String hop,
            String limit,
            String basis,
            String flagged,
            String once,
            String all,
            boolean endless) {}

    /** Small charts, and what was not measured. */
    public record Capacity(List<Multiple> charts, String absence) {
        public Capacity {
            charts = List.copyOf(charts);
        }
    }

    /** A small chart with its title. */
    public record Multiple(String title, String peak, Chart chart) {}

    /**
     * What was read.
     *
     * @param rows sources of which there is something to say
     * @param plain names of those that were read completely, and no more
     */
    public record Sources(String summary, List<CoverageRow> rows, String more, List<String> plain) {
        public Sources {
            rows = List.copyOf(rows);
            plain = List.copyOf(plain);
        }
    }

    /** One source. */
    public record CoverageRow(String input, String state, String style, String detail) {}

    /** Raw lines behind the numbers, and what the words mean. */
    public record Appendix(
            List<Rows> rows, List<Line> examples, String more, List<Word> glossary, List<Query> queries) {
        public Appendix {
            rows = List.copyOf(rows);
            examples = List.copyOf(examples);
            glossary = List.copyOf(glossary);
            queries = List.copyOf(queries);
        }
    }

    /** Raw lines of one finding or condition. */
    public record Rows(String id, String subject, String note, List<Line> lines) {
        public Rows {
            lines = List.copyOf(lines);
        }
    }

    /** A line as the proxies wrote it, in words, and where it stands. */
    public record Line(String condition, String text, String stream, String line) {}

    /** A query as asked. */
    public record Query(String name, String note, String text) {}

    /** A word and its meaning. */
    public record Word(String name, String meaning) {}
}
