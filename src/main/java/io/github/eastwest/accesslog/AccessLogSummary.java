package io.github.eastwest.accesslog;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.StreamSummary;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What many lines say together. Every breakdown adds up to the number of access lines that were selected.
 *
 * @param lines how the lines divide by kind
 * @param sources what was read, in order
 * @param requests selected access lines in all
 * @param conditions by condition, failures first, then the most frequent first
 * @param statuses by status, ascending
 * @param hosts by upstream host
 * @param minutes by minute of the start
 * @param tops by what else was asked for
 * @param others what is not a request
 */
public record AccessLogSummary(
        Lines lines,
        List<Source> sources,
        Requests requests,
        List<ConditionCount> conditions,
        List<StatusCount> statuses,
        Hosts hosts,
        Minutes minutes,
        List<Top> tops,
        Others others) {
    public AccessLogSummary {
        sources = List.copyOf(sources);
        conditions = List.copyOf(conditions);
        statuses = List.copyOf(statuses);
        tops = List.copyOf(tops);
    }

    /**
     * Lines by kind.
     *
     * @param counts they add up to the number of lines
     * @param formats access lines by format, the most frequent first
     * @param firstUnparsed the first line that could not be read
     * @param selection which access lines were selected
     */
    public record Lines(
            StreamSummary.LineCounts counts,
            List<NamedCount> formats,
            Optional<UnparsedLine> firstUnparsed,
            Selection selection) {
        public Lines {
            formats = List.copyOf(formats);
        }
    }

    /**
     * What a filter did.
     *
     * @param asked what it asked for, in words; empty when all lines were selected
     * @param leftOut access lines that it left out: with the requests they add up to the access lines
     */
    public record Selection(List<String> asked, long leftOut) {
        public Selection {
            asked = List.copyOf(asked);
        }
    }

    /** A name and how often it came. */
    public record NamedCount(String name, long count) {}

    /**
     * The line that could not be read.
     *
     * @param source where it stands
     * @param line what is wrong with it
     */
    public record UnparsedLine(String source, StreamSummary.Unparsed line) {}

    /**
     * A file or stream.
     *
     * @param name its name
     * @param side whose proxy wrote it, as its name tells
     * @param lines its lines
     * @param endedEarly why it could not be read to its end; empty when it could
     */
    public record Source(String name, Side side, long lines, Optional<String> endedEarly) {}

    /**
     * All selected access lines.
     *
     * @param count how many
     * @param failed how many of them are in a failed condition
     * @param joined lines that were judged together with the other side's lines of the same request id
     * @param span first and last start; empty when no line has one
     * @param latency durations; empty when no line has one
     */
    public record Requests(long count, long failed, long joined, Optional<Span> span, Optional<Latency> latency) {}

    /**
     * First and last start, milliseconds since the epoch, both included.
     *
     * @param from first
     * @param to last
     */
    public record Span(long from, long to) {}

    /**
     * Durations of requests in milliseconds, connections (TCP) excluded. Percentiles are exact to three digits.
     *
     * @param count requests that have a duration
     */
    public record Latency(long count, long p50, long p90, long p99, long p999, long max) {}

    /**
     * Lines of one condition.
     *
     * @param condition which
     * @param count how many
     * @param basis where it was read from
     * @param hops how many by the hop that made it
     * @param examples its first lines
     */
    public record ConditionCount(
            Condition condition, long count, Basis basis, Map<Hop, Long> hops, List<Example> examples) {
        public ConditionCount {
            hops = Map.copyOf(hops);
            examples = List.copyOf(examples);
        }

        /** The hop that made most of them. */
        public Optional<Hop> mainHop() {
            return hops.entrySet().stream()
                    .max(Map.Entry.<Hop, Long>comparingByValue()
                            .thenComparing(Map.Entry.<Hop, Long>comparingByKey().reversed()))
                    .map(Map.Entry::getKey);
        }
    }

    /**
     * A line as it stands in its source.
     *
     * @param source where
     * @param line its number, from 1
     * @param text printable, cut to a bounded length
     */
    public record Example(String source, long line, String text) {}

    /**
     * Lines of one status.
     *
     * @param status -1 for connections, which have none
     */
    public record StatusCount(int status, long count) {}

    /**
     * Lines by upstream host.
     *
     * @param hosts most failures first, then most lines
     * @param other lines of further hosts
     */
    public record Hosts(List<HostCount> hosts, FailedCount other) {
        public Hosts {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * Lines of one upstream host.
     *
     * @param host {@code address:port}; empty when no host was chosen
     * @param count lines and failures
     */
    public record HostCount(Optional<String> host, FailedCount count) {}

    /**
     * Lines, and those of them that failed.
     *
     * @param conditions failures by condition
     */
    public record FailedCount(long count, long failed, Map<Condition, Long> conditions) {
        public FailedCount {
            conditions = Map.copyOf(conditions);
        }
    }

    /**
     * Lines by the values of one thing.
     *
     * @param by which
     * @param top most failures first, then most lines
     * @param other lines of further values
     * @param shortBy each count may be short by at most so many lines, which are among the others; 0 when it is exact
     */
    public record Top(TopBy by, List<TopCount> top, FailedCount other, long shortBy) {
        public Top {
            top = List.copyOf(top);
        }
    }

    /**
     * Lines of one value.
     *
     * @param value printable; empty for lines that have none
     */
    public record TopCount(Optional<String> value, FailedCount count) {}

    /**
     * Lines over time.
     *
     * @param widthMinutes 1; more when the lines spread over more minutes than are kept apart
     * @param minutes in order of time; minutes without lines are left out
     * @param withoutTime lines without a start, and those of minutes that are not kept apart
     */
    public record Minutes(int widthMinutes, List<MinuteCount> minutes, FailedCount withoutTime) {
        public Minutes {
            minutes = List.copyOf(minutes);
        }
    }

    /**
     * Lines of one minute.
     *
     * @param startMillis its beginning, milliseconds since the epoch
     */
    public record MinuteCount(long startMillis, FailedCount count) {}

    /**
     * What is not a request.
     *
     * @param ejections enforced ejections by host, the most frequent first
     * @param proxyLevels lines of the proxies' own logs by level, the most frequent first
     * @param proxyExamples its first warnings and errors
     */
    public record Others(List<NamedCount> ejections, List<NamedCount> proxyLevels, List<Example> proxyExamples) {
        public Others {
            ejections = List.copyOf(ejections);
            proxyLevels = List.copyOf(proxyLevels);
            proxyExamples = List.copyOf(proxyExamples);
        }
    }
}
