package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one side's access lines of which only some were brought back (by the queries {@code counts},
 * {@code errors}, {@code lines} and {@code partners}): exact numbers, and which requests are whole.
 *
 * <p>Remarkable lines come back whatever their request, unremarkable ones if their request belongs to the sample or was
 * looked up. A request's id decides, by its last letters and digits, so that a sampled request is whole on both sides;
 * lines without id go by the last digits of their start, which tells nothing of the other side.
 */
public final class LineSample {
    /** The class that takes every id. */
    public static final String ALL = "[0-9A-Za-z]";

    private static final Pattern CLASSES = Pattern.compile("(\\[[0-9A-Za-z-]+])+");

    private final Side side;
    private final Pattern ids;
    private final String classes;
    private final Set<String> lookedUp;
    private final boolean whole;
    private final Optional<List<Count>> unremarkable;
    private final Optional<List<Count>> remarkable;

    /**
     * A side's sample.
     *
     * @param side whose proxies wrote the lines
     * @param classes the last letters and digits of sampled ids as character classes, {@code [0-3]}; {@link #ALL} for all
     * @param lookedUp ids of which every line was brought back
     * @param whole whether all lines that were asked for came back
     * @param unremarkable exact numbers of unremarkable lines; empty where they are not known, or not all of them
     * @param remarkable the same of remarkable ones
     * @throws IllegalArgumentException if {@code classes} are none
     */
    public LineSample(
            Side side,
            String classes,
            Set<String> lookedUp,
            boolean whole,
            Optional<List<Count>> unremarkable,
            Optional<List<Count>> remarkable) {
        if (!CLASSES.matcher(classes).matches()) {
            throw new IllegalArgumentException("no character classes: " + classes);
        }
        this.side = side;
        this.ids = Pattern.compile(classes + "[^0-9A-Za-z]*$");
        this.classes = classes;
        this.lookedUp = Set.copyOf(lookedUp);
        this.whole = whole;
        this.unremarkable = unremarkable.map(List::copyOf);
        this.remarkable = remarkable.map(List::copyOf);
    }

    /** How a line came back. */
    public enum Drawn {
        /** It was asked for: it is remarkable, or its request belongs to the sample. */
        ASKED,
        /** Only because its request was looked up. */
        LOOKED_UP,
        /** The query could not read it, so that it came back as any other line, and is in no count. */
        UNREAD
    }

    /** Which way a request went. */
    public enum Way {
        /** Into the logging proxy's own application. */
        INWARD,
        /** Towards another task. */
        OUTWARD,
        /** Nowhere: no host was chosen. */
        NONE;

        /** The way by the start of the host; {@code -} and {@code null} are no host. */
        public static Way of(@Nullable String host) {
            if (host == null || host.isEmpty() || host.equals("-") || host.equals("null")) {
                return NONE;
            }
            return host.startsWith("127.") || host.startsWith("[::1") ? INWARD : OUTWARD;
        }
    }

    /**
     * Lines of one kind.
     *
     * @param name authority in lower case, or the peer's address of TCP connections; empty when there is none
     * @param way which way they went
     * @param tcp whether they tell of connections
     * @param remarkable whether they come back in any case
     * @param failed whether they count as failed by their answer
     * @param lines how many
     */
    public record Count(String name, Way way, boolean tcp, boolean remarkable, boolean failed, long lines) {
        /** Remarkable for another reason than its answer. */
        boolean isUnclear() {
            return remarkable && !failed;
        }

        /** That many lines of the same kind. */
        public Count times(long number) {
            return new Count(name, way, tcp, remarkable, failed, number);
        }
    }

    /** Whose proxies wrote the lines. */
    public Side side() {
        return side;
    }

    /** Whether every request belongs to the sample. */
    public boolean takesAll() {
        return classes.equals(ALL);
    }

    /**
     * The numbers of lines, those known included.
     *
     * @param returned lines that came back, by kind: where the numbers of unremarkable lines are not known, they are
     *     estimated by the nominal share of hexadecimal ids
     */
    List<Count> counts(Map<Count, long[]> returned) {
        List<Count> counts = new ArrayList<>(remarkable.orElse(List.of()));
        if (unremarkable.isPresent()) {
            counts.addAll(unremarkable.get());
            return counts;
        }
        double step = nominalStep();
        returned.forEach((kind, lines) -> {
            if (!kind.remarkable()) {
                counts.add(kind.times(Math.round(lines[0] * step)));
            }
        });
        return counts;
    }

    private double nominalStep() {
        double step = 1;
        for (String characters : classes.substring(0, classes.length() - 1).split("]")) {
            Pattern one = Pattern.compile(characters + "]");
            long taken = "0123456789abcdef"
                    .chars()
                    .filter(c -> one.matcher(Character.toString(c)).matches())
                    .count();
            step *= 16.0 / Math.max(1, taken);
        }
        return step;
    }

    /** Whether all lines that were asked for came back. */
    boolean isWhole() {
        return whole;
    }

    /** Whether the numbers are known, and not estimated. */
    boolean isExact() {
        return unremarkable.isPresent() && remarkable.isPresent();
    }

    /** Whether every line of that request is here, so that none means that there is none. */
    boolean knows(@Nullable String id) {
        return whole && (takesAll() || id != null && (ids.matcher(id).find() || lookedUp.contains(id)));
    }

    /** Whether the line's request belongs to the sample. */
    boolean takes(AccessLogEntry line) {
        String id = line.request().requestId();
        return ids.matcher(id != null ? id : String.format(Locale.ROOT, "%03d", line.startMillis() % 1000))
                .find();
    }

    /** The kind of a line, which counts as one. */
    static Count kind(AccessLogEntry line) {
        String name = line.isTcp() ? address(line.request().remoteAddress()) : Observations.authority(line);
        return new Count(
                name == null ? "" : name,
                Way.of(line.upstream().host()),
                line.isTcp(),
                isRemarkable(line),
                failed(
                        line.response().status(),
                        Grpc.of(line.response().grpcStatus()),
                        line.response().bytesSent(),
                        line.hasHost() || line.hasServiceTime()),
                1);
    }

    /**
     * Whether lines of that answer count as failed, as far as one line tells.
     *
     * @param status HTTP status; -1 for TCP
     * @param grpcStatus as printed; null when the line has none
     * @param bytesSent length of the body, bytes
     * @param routed whether a host was chosen or the upstream answered
     */
    public static boolean failed(int status, @Nullable String grpcStatus, long bytesSent, boolean routed) {
        return failed(status, Grpc.of(grpcStatus), bytesSent, routed);
    }

    private static boolean failed(int status, @Nullable Grpc grpc, long bytesSent, boolean routed) {
        return status == 0
                || status >= 500
                || grpc != null && grpc != Grpc.OK
                || status == 404 && !routed && bytesSent == 0
                || status == -1 && bytesSent == 0;
    }

    /**
     * Whether a line is one of those that {@code lines} brings back whatever its request: the same conditions as in
     * {@code queries/lines.cwl}. All other lines are answered, and were never anything but a success or an application's
     * own 4xx.
     */
    public static boolean isRemarkable(AccessLogEntry line) {
        AccessLogEntry.Response response = line.response();
        int status = response.status();
        if (line.isTcp()) {
            return response.bytesSent() == 0;
        }
        Grpc grpc = Grpc.of(response.grpcStatus());
        String protocol = line.request().protocol();
        return status == 0
                || status >= 500
                || status == 408
                || status == 404 && response.bytesSent() == 0
                || line.timing().durationMillis() < 0
                || !line.hasServiceTime()
                || !line.hasHost()
                || line.request().authority() == null
                || grpc != null && grpc != Grpc.OK
                || !response.flags().isEmpty()
                || status == 200
                        && response.bytesSent() == 0
                        && "POST".equals(line.request().method())
                        && protocol != null
                        && protocol.startsWith("HTTP/2")
                || line.timing().durationMillis() - line.timing().serviceTimeMillis() >= LearnedTimers.STREAMING_BODY;
    }

    /** An address without its port. */
    static String address(@Nullable String remote) {
        if (remote == null) {
            return "";
        }
        int colon = remote.lastIndexOf(':');
        return colon < 0 ? remote : remote.substring(0, colon);
    }
}
