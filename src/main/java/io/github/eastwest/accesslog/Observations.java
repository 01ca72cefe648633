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

    private final Timers all = new Timers();
    private final Map<String, Timers> byAuthority = new HashMap<>();
    private final Map<String, Stream> byStream = new HashMap<>();
    private final Map<Route, RouteFacts> byRoute = new HashMap<>();
    private final Stream allStreams = new Stream();
    private final BitSet garbled = new BitSet();
    private long calleeInbound;
    private boolean calleeWouldLog;
    private long firstSecond = Long.MIN_VALUE;

    /** Nothing observed yet. */
    public Observations() {}

    private record Route(String stream, String authority) {}

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
        observe(line, 1);
    }

    /**
     * Learns from a line that stands for several.
     *
     * @param weight how many lines of its kind it stands for; 0 only marks its second as one in which requests succeeded
     */
    void observe(AccessLogEntry line, long weight) {
        String stream = line.ref().stream();
        Stream facts = byStream.get(stream);
        if (facts == null && byStream.size() < STREAMS) {
            facts = new Stream();
            byStream.put(stream, facts);
        }
        if (line.isTcp()) {
            return;
        }
        boolean inbound = observeDirection(line, facts, weight);
        observeStyle(line, inbound, allStreams, weight);
        if (facts != null) {
            observeStyle(line, inbound, facts, weight);
        }
        observeTimers(line, inbound, all, weight);
        String authority = authority(line);
        if (authority == null) {
            observeGarbled(line, inbound);
            return;
        }
        Timers timers = byAuthority.get(authority);
        if (timers == null && byAuthority.size() < AUTHORITIES) {
            timers = new Timers();
            byAuthority.put(authority, timers);
        }
        if (timers != null) {
            observeTimers(line, inbound, timers, weight);
        }
        Route key = new Route(stream, authority);
        RouteFacts route = byRoute.get(key);
        if (route == null && byRoute.size() < ROUTES) {
            route = new RouteFacts();
            byRoute.put(key, route);
        }
        if (route != null) {
            observeRoute(line, inbound, route, weight);
        }
    }

    private boolean observeDirection(AccessLogEntry line, @Nullable Stream stream, long weight) {
        String host = line.upstream().host();
        if (host != null && stream != null) {
            if (isLoopback(host)) {
                stream.loopback += weight;
            } else {
                stream.remote += weight;
            }
        }
        boolean inbound = host != null ? isLoopback(host) : line.ref().side() == Side.CALLEE;
        if (line.ref().side() == Side.CALLEE && inbound) {
            calleeInbound += weight;
        }
        return inbound;
    }

    private static void observeStyle(AccessLogEntry line, boolean inbound, Stream stream, long weight) {
        int status = line.response().status();
        int way = inbound ? 1 : 0;
        if (line.hasHost()
                && status >= 200
                && status < 400
                && Grpc.of(line.response().grpcStatus()) != Grpc.UNAVAILABLE
                && !Grpc.emptyReplyWithoutStatus(line)) {
            if (line.hasServiceTime()) {
                stream.withServiceTime[way] += weight;
            } else {
                stream.withoutServiceTime[way] += weight;
            }
        }
        if (status == 503 && line.hasHost() && !line.hasServiceTime()) {
            long bytes = line.response().bytesSent();
            if (LocalReplyFingerprints.carriesReason(bytes)) {
                stream.withReason += weight;
            } else if (bytes == 98 || bytes == 121) {
                stream.withoutReason += weight;
            }
        }
    }

    private static void observeTimers(AccessLogEntry line, boolean inbound, Timers timers, long weight) {
        long duration = line.timing().durationMillis();
        if (duration < 0) {
            return;
        }
        AccessLogEntry.Response response = line.response();
        int status = response.status();
        boolean answered = line.hasServiceTime();
        if (answered) {
            timers.answered.add(duration, weight);
            long body = duration - line.timing().serviceTimeMillis();
            Grpc grpc = Grpc.of(response.grpcStatus());
            boolean success = status < 400 && (grpc == null || grpc == Grpc.OK);
            if (success) {
                timers.bodies.add(body, weight);
            } else if (status == 504 && response.bytesSent() == 24 && duration >= LearnedTimers.RELAYED_TIMEOUT) {
                timers.timeouts.add(duration, weight);
            }
            if (body >= LearnedTimers.STREAMING_BODY && (success || grpc == Grpc.UNKNOWN && response.bytesSent() > 0)) {
                timers.streams.add(duration, weight);
            }
        } else if (status == 504 && response.bytesSent() == 24) {
            timers.timeouts.add(duration, weight);
        } else if (status == 503 && (response.bytesSent() == 91 || response.bytesSent() == 114)) {
            timers.connectTimeouts.add(duration, weight);
        } else if (line.hasHost()
                && duration > LearnedTimers.AT_ONCE
                && (Grpc.of(response.grpcStatus()) == Grpc.UNAVAILABLE || status >= 503 && response.bytesSent() == 0)) {
            (inbound ? timers.unansweredInbound : timers.unanswered).add(duration, weight);
        } else if (status == 0 && inbound && duration >= LearnedTimers.SHORTEST_TIMER) {
            timers.abandoned.add(duration, weight);
        }
    }

    private void observeRoute(AccessLogEntry line, boolean inbound, RouteFacts route, long weight) {
        if (line.hasHost()) {
            if (inbound) {
                route.inbound += weight;
            } else {
                route.outbound += weight;
            }
        }
        if (refusedBeforeRead(line, Grpc.of(line.response().grpcStatus()))) {
            mark(route.overflowed, line);
        }
    }

    /** A callee's proxy answers 400 to bytes that are no HTTP: a caller's TLS handshake, for one. */
    private void observeGarbled(AccessLogEntry line, boolean inbound) {
        if (inbound && line.response().status() == 400 && line.request().method() == null && !line.hasHost()) {
            mark(garbled, line);
        }
    }

    private void mark(BitSet seconds, AccessLogEntry line) {
        if (line.startMillis() < 0) {
            return;
        }
        long second = Math.floorDiv(line.startMillis(), 1000L);
        if (firstSecond == Long.MIN_VALUE) {
            firstSecond = second;
        }
        long index = second - firstSecond + SECONDS_BEFORE;
        if (index >= 0 && index < SECONDS) {
            seconds.set((int) index);
        }
    }

    /**
     * gRPC: refused although a host was chosen, and before the request's message was read. Only a full circuit breaker
     * answers that early; a refused connection takes the message along.
     */
    static boolean refusedBeforeRead(AccessLogEntry line, @Nullable Grpc grpc) {
        return grpc == Grpc.UNAVAILABLE
                && line.hasHost()
                && !line.hasServiceTime()
                && line.response().bytesReceived() == 0
                && line.timing().durationMillis() >= 0
                && line.timing().durationMillis() <= LearnedTimers.AT_ONCE;
    }

    /** Adds what other streams taught. */
    public void merge(Observations other) {
        all.merge(other.all);
        allStreams.merge(other.allStreams);
        calleeInbound += other.calleeInbound;
        other.byAuthority.forEach((authority, timers) -> {
            if (byAuthority.containsKey(authority) || byAuthority.size() < AUTHORITIES) {
                byAuthority.computeIfAbsent(authority, a -> new Timers()).merge(timers);
            }
        });
        other.byStream.forEach((name, stream) -> {
            if (byStream.containsKey(name) || byStream.size() < STREAMS) {
                byStream.computeIfAbsent(name, s -> new Stream()).merge(stream);
            }
        });
        if (firstSecond == Long.MIN_VALUE) {
            firstSecond = other.firstSecond;
        }
        shift(other.garbled, garbled, other.firstSecond - firstSecond);
        other.byRoute.forEach((key, route) -> {
            if (byRoute.containsKey(key) || byRoute.size() < ROUTES) {
                mergeRoute(byRoute.computeIfAbsent(key, k -> new RouteFacts()), route, other.firstSecond);
            }
        });
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

    Timers timers() {
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
        String authority = authority(line);
        RouteFacts route = authority == null ? null : byRoute.get(new Route(line.ref().stream(), authority));
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
        String authority = authority(line);
        RouteFacts route = authority == null ? null : byRoute.get(new Route(line.ref().stream(), authority));
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
