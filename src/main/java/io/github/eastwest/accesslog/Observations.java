package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one or more streams teach about timeouts, direction and protocol; mergeable; bounded memory.
 *
 * <p>Learned per authority: durations of the answers that timers make, of bodies, and of everything. Learned per stream and
 * authority: which way its requests go, and in which seconds some met a full circuit breaker. Learned per stream: whether answers carry a service time at all. Only counters and histograms are kept, for at most
 * {@value #STREAMS} streams, {@value #AUTHORITIES} authorities and {@value #ROUTES} pairs of both; what comes later counts
 * in the totals only.
 */
public final class Observations {
    private static final int STREAMS = 4096;
    private static final int AUTHORITIES = 256;
    private static final int ROUTES = 2048;
    /** Seconds that neighbours in time are remembered for, counted from two days before the first line's second. */
    private static final int SECONDS = 4 * 24 * 3600;

    private static final int SECONDS_BEFORE = SECONDS / 2;

    private final Map<String, Timers> byAuthority = new HashMap<>();
    /** Of lines without authority, and of those that came when there were {@value #AUTHORITIES}. */
    private final Timers ofOthers = new Timers();

    private final Map<String, Stream> byStream = new HashMap<>();
    private final Stream allStreams = new Stream();
    /** Takes what those tell that came when there were {@value #STREAMS}; nobody asks for it. */
    private final Stream otherStreams = new Stream();

    /** By stream, then by authority. */
    private final Map<String, Map<String, RouteFacts>> byRoute = new HashMap<>();

    private int routes;
    private final BitSet garbled = new BitSet();
    private long calleeInbound;
    private boolean calleeWouldLog;
    private long firstSecond = Long.MIN_VALUE;

    /** Nothing observed yet. */
    public Observations() {}

    /** Durations of one authority's requests, milliseconds. */
    static final class Timers {
        /** 504 with the request timeout's body, written by the proxy that logs it or relayed after a wait. */
        final DurationCounts timeouts = new DurationCounts();
        /** 503 with the connect timeout's body, written by the proxy that logs it. */
        final DurationCounts connectTimeouts = new DurationCounts();
        /** gRPC Unavailable by the caller's proxy about a chosen host, not at once: refused twice, or any timer. */
        final DurationCounts unanswered = new DurationCounts();
        /** The same by the callee's proxy about its application, if it lasted. */
        final DurationCounts unansweredInbound = new DurationCounts();
        /** Requests the callee's proxy saw abandoned. */
        final DurationCounts abandoned = new DurationCounts();
        /** Whole durations of answers whose body was still on its way long after its headers. */
        final DurationCounts streams = new DurationCounts();
        /** Time from the response's headers to its end, of successes. */
        final DurationCounts bodies = new DurationCounts();
        /** Durations of all answered requests. */
        final DurationCounts answered = new DurationCounts();

        private void merge(Timers other) {
            timeouts.merge(other.timeouts);
            connectTimeouts.merge(other.connectTimeouts);
            unanswered.merge(other.unanswered);
            unansweredInbound.merge(other.unansweredInbound);
            abandoned.merge(other.abandoned);
            streams.merge(other.streams);
            bodies.merge(other.bodies);
            answered.merge(other.answered);
        }
    }

    /** What one stream's lines have in common. */
    private static final class Stream {
        private long loopback;
        private long remote;
        private final long[] withServiceTime = new long[2];
        private final long[] withoutServiceTime = new long[2];
        private long withReason;
        private long withoutReason;

        private void merge(Stream other) {
            loopback += other.loopback;
            remote += other.remote;
            withReason += other.withReason;
            withoutReason += other.withoutReason;
            for (int i = 0; i < 2; i++) {
                withServiceTime[i] += other.withServiceTime[i];
                withoutServiceTime[i] += other.withoutServiceTime[i];
            }
        }
    }

    /** What the lines of one stream for one authority have in common. */
    private static final class RouteFacts {
        private long inbound;
        private long outbound;
        private final BitSet overflowed = new BitSet();
    }

    /** Learns from a line. */
    public void observe(AccessLogEntry line) {
        observe(new Lesson().of(line), 1);
    }

    /**
     * Learns from a line that stands for several.
     *
     * @param weight how many lines of its kind it stands for
     */
    void observe(Lesson line, long weight) {
        Stream facts = streamOrOthers(line.stream);
        if (line.status < 0) {
            return;
        }
        boolean inbound = observeDirection(line, facts, weight);
        observeStyle(line, inbound, allStreams, weight);
        observeStyle(line, inbound, facts, weight);
        String authority = line.authority;
        observeTimers(line, inbound, timersOrOthers(authority), weight);
        if (authority == null) {
            observeGarbled(line, inbound);
            return;
        }
        RouteFacts route = routeOrNew(line.stream, authority);
        if (route != null) {
            observeRoute(line, inbound, route, weight);
        }
    }

    /** The facts of a stream, which begin now if it is new and there is room. */
    private Stream streamOrOthers(String name) {
        Stream known = byStream.get(name);
        if (known != null) {
            return known;
        }
        return byStream.size() < STREAMS ? byStream.computeIfAbsent(name, n -> new Stream()) : otherStreams;
    }

    /** The durations of an authority, which begin now if it is new and there is room. */
    private Timers timersOrOthers(@Nullable String authority) {
        Timers known = authority == null ? ofOthers : byAuthority.get(authority);
        if (known != null) {
            return known;
        }
        return byAuthority.size() < AUTHORITIES ? byAuthority.computeIfAbsent(authority, a -> new Timers()) : ofOthers;
    }

    private @Nullable RouteFacts route(String stream, @Nullable String authority) {
        Map<String, RouteFacts> ofStream = authority == null ? null : byRoute.get(stream);
        return ofStream == null ? null : ofStream.get(authority);
    }

    /** The facts of a route; null when it is new and there is no room. */
    private @Nullable RouteFacts routeOrNew(String stream, String authority) {
        RouteFacts known = route(stream, authority);
        if (known != null || routes >= ROUTES) {
            return known;
        }
        routes++;
        RouteFacts made = new RouteFacts();
        byRoute.computeIfAbsent(stream, s -> new HashMap<>()).put(authority, made);
        return made;
    }

    private boolean observeDirection(Lesson line, Stream stream, long weight) {
        if (line.hasHost) {
            if (line.loopback) {
                stream.loopback += weight;
            } else {
                stream.remote += weight;
            }
        }
        boolean inbound = line.hasHost ? line.loopback : line.side == Side.CALLEE;
        if (line.side == Side.CALLEE && inbound) {
            calleeInbound += weight;
        }
        return inbound;
    }

    private static void observeStyle(Lesson line, boolean inbound, Stream stream, long weight) {
        int way = inbound ? 1 : 0;
        if (line.hasHost
                && line.status >= 200
                && line.status < 400
                && line.grpc != Grpc.UNAVAILABLE
                && !line.emptyReply) {
            if (line.hasServiceTime()) {
                stream.withServiceTime[way] += weight;
            } else {
                stream.withoutServiceTime[way] += weight;
            }
        }
        if (line.status == 503 && line.hasHost && !line.hasServiceTime()) {
            if (LocalReplyFingerprints.carriesReason(line.bytesSent)) {
                stream.withReason += weight;
            } else if (line.bytesSent == 98 || line.bytesSent == 121) {
                stream.withoutReason += weight;
            }
        }
    }

    private static void observeTimers(Lesson line, boolean inbound, Timers timers, long weight) {
        long duration = line.durationMillis;
        if (duration < 0) {
            return;
        }
        if (line.hasServiceTime()) {
            observeAnswer(line, timers, weight);
            return;
        }
        DurationCounts timer = timer(line, inbound, timers);
        if (timer != null) {
            timer.add(duration, weight);
        }
    }

    private static void observeAnswer(Lesson line, Timers timers, long weight) {
        long duration = line.durationMillis;
        timers.answered.add(duration, weight);
        long body = duration - line.serviceTimeMillis;
        boolean success = line.status < 400 && (line.grpc == null || line.grpc == Grpc.OK);
        if (success) {
            timers.bodies.add(body, weight);
        } else if (line.status == 504 && line.bytesSent == 24 && duration >= LearnedTimers.RELAYED_TIMEOUT) {
            timers.timeouts.add(duration, weight);
        }
        if (body >= LearnedTimers.STREAMING_BODY && (success || line.grpc == Grpc.UNKNOWN && line.bytesSent > 0)) {
            timers.streams.add(duration, weight);
        }
    }

    /** Which timer may have ended a request without answer; null if it was none. */
    private static @Nullable DurationCounts timer(Lesson line, boolean inbound, Timers timers) {
        int status = line.status;
        long sent = line.bytesSent;
        if (status == 504 && sent == 24) {
            return timers.timeouts;
        }
        if (status == 503 && (sent == 91 || sent == 114)) {
            return timers.connectTimeouts;
        }
        if (line.hasHost
                && line.durationMillis > LearnedTimers.AT_ONCE
                && (line.grpc == Grpc.UNAVAILABLE || status >= 503 && sent == 0)) {
            return inbound ? timers.unansweredInbound : timers.unanswered;
        }
        boolean abandoned = status == 0 && inbound && line.durationMillis >= LearnedTimers.SHORTEST_TIMER;
        return abandoned ? timers.abandoned : null;
    }

    private void observeRoute(Lesson line, boolean inbound, RouteFacts route, long weight) {
        if (line.hasHost) {
            if (inbound) {
                route.inbound += weight;
            } else {
                route.outbound += weight;
            }
        }
        if (line.isRefusedBeforeRead()) {
            mark(route.overflowed, line.startMillis);
        }
    }

    /** A callee's proxy answers 400 to bytes that are no HTTP: a caller's TLS handshake, for one. */
    private void observeGarbled(Lesson line, boolean inbound) {
        if (inbound && line.status == 400 && !line.hasMethod && !line.hasHost) {
            mark(garbled, line.startMillis);
        }
    }

    private void mark(BitSet seconds, long startMillis) {
        if (startMillis < 0) {
            return;
        }
        long second = Math.floorDiv(startMillis, 1000L);
        if (firstSecond == Long.MIN_VALUE) {
            firstSecond = second;
        }
        long index = second - firstSecond + SECONDS_BEFORE;
        if (index >= 0 && index < SECONDS) {
            seconds.set((int) index);
        }
    }

    /** Adds what other streams taught. */
    public void merge(Observations other) {
        calleeInbound += other.calleeInbound;
        ofOthers.merge(other.ofOthers);
        other.byAuthority.forEach(
                (authority, timers) -> timersOrOthers(authority).merge(timers));
        allStreams.merge(other.allStreams);
        other.byStream.forEach((name, stream) -> streamOrOthers(name).merge(stream));
        if (firstSecond == Long.MIN_VALUE) {
            firstSecond = other.firstSecond;
        }
        shift(other.garbled, garbled, other.firstSecond - firstSecond);
        other.byRoute.forEach((stream, ofStream) -> ofStream.forEach((authority, route) -> {
            RouteFacts own = routeOrNew(stream, authority);
            if (own != null) {
                mergeRoute(own, route, other.firstSecond);
            }
        }));
    }

    private void mergeRoute(RouteFacts into, RouteFacts from, long fromFirstSecond) {
        into.inbound += from.inbound;
        into.outbound += from.outbound;
        long move = fromFirstSecond - firstSecond;
        shift(from.overflowed, into.overflowed, move);
    }

    private static void shift(BitSet from, BitSet into, long move) {
        for (int i = from.nextSetBit(0); i >= 0; i = from.nextSetBit(i + 1)) {
            long index = i + move;
            if (index >= 0 && index < SECONDS) {
                into.set((int) index);
            }
        }
    }

    /** Durations of all requests, added up anew by each call. */
    Timers timers() {
        Timers all = new Timers();
        all.merge(ofOthers);
        byAuthority.values().forEach(all::merge);
        return all;
    }

    Map<String, Timers> timersByAuthority() {
        return byAuthority;
    }

    /** Whether any callee's proxy wrote about requests into its application, or would have. */
    boolean calleeLogs() {
        return calleeInbound > 0 || calleeWouldLog;
    }

    /** The callees' access logs are on and their streams were read: a request without line there never arrived. */
    void calleeWouldLog() {
        calleeWouldLog = true;
    }

    /**
     * Whether the request went into the logging proxy's own application: its host is the loopback interface, or the
     * stream is a callee's that never uses it (bridge mode). Where no host was chosen, the way that the stream's other
     * requests for this authority went decides, then the side.
     */
    boolean isInbound(AccessLogEntry line) {
        String host = line.upstream().host();
        boolean calleeSide = line.ref().side() == Side.CALLEE;
        if (host != null) {
            if (isLoopback(host)) {
                return true;
            }
            Stream stream = byStream.get(line.ref().stream());
            return calleeSide && stream != null && stream.loopback == 0;
        }
        int way = direction(line);
        return way == 0 ? calleeSide : way > 0;
    }

    /** Positive if the stream's requests for this authority go inwards, negative if outwards, 0 if unknown. */
    int direction(AccessLogEntry line) {
        RouteFacts route = route(line.ref().stream(), authority(line));
        return route == null ? 0 : Long.compare(route.inbound, route.outbound);
    }

    /** Whether the stream has lines whose host is the loopback interface. */
    boolean usesLoopback(String stream) {
        Stream facts = byStream.get(stream);
        return facts != null && facts.loopback > 0;
    }

    /**
     * Whether answers lack the service time although there were enough of them to show it: then its absence says nothing.
     */
    boolean serviceTimeSuppressed(AccessLogEntry line, boolean inbound) {
        int way = inbound ? 1 : 0;
        Stream stream = byStream.get(line.ref().stream());
        if (stream != null && stream.withServiceTime[way] > 0) {
            return false;
        }
        Stream judged = stream != null && stream.withoutServiceTime[way] >= 5 ? stream : allStreams;
        return judged.withServiceTime[way] == 0 && judged.withoutServiceTime[way] >= 5;
    }

    /** Whether proxies print the reason of connection failures into the body (Envoy up to 1.36). */
    boolean printsReasons() {
        return allStreams.withReason > 0 && allStreams.withReason >= allStreams.withoutReason;
    }

    /** Whether a circuit breaker refused requests of the same stream and authority within two seconds of its start. */
    boolean overflowedNearby(AccessLogEntry line) {
        RouteFacts route = route(line.ref().stream(), authority(line));
        return route != null && isMarked(route.overflowed, line, 2);
    }

    /** Whether a callee's proxy met bytes that are no HTTP within a second of the line's start. */
    boolean garbledNearby(AccessLogEntry line) {
        return isMarked(garbled, line, 1);
    }

    private boolean isMarked(BitSet seconds, AccessLogEntry line, int within) {
        if (line.startMillis() < 0 || firstSecond == Long.MIN_VALUE) {
            return false;
        }
        long index = Math.floorDiv(line.startMillis(), 1000L) - firstSecond + SECONDS_BEFORE;
        if (index < within || index >= SECONDS) {
            return false;
        }
        int next = seconds.nextSetBit((int) index - within);
        return next >= 0 && next <= index + within;
    }

    /** The authority in lower case, or null. */
    static @Nullable String authority(AccessLogEntry line) {
        String authority = line.request().authority();
        return authority == null ? null : authority.toLowerCase(Locale.ROOT);
    }

    /** Whether a host is the loopback interface. */
    static boolean isLoopback(String host) {
        String address = host.startsWith("tcp://") ? host.substring(6) : host;
        return address.startsWith("127.") || address.startsWith("[::1]") || address.equals("::1");
    }
}
