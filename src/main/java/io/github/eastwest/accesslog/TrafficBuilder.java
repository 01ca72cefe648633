package io.github.eastwest.accesslog;

import io.github.eastwest.model.EditDistance;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import io.github.eastwest.model.log.Traffic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Joins the streams of a bundle into the edge's traffic.
 *
 * <p><b>Which lines are calls.</b> Of the caller's streams: lines towards a host whose authority is one of the edge's, or
 * whose authority is unknown and whose host is a task of the callee. A line without host goes by its authority. Lines into
 * the caller's own application (host on the loopback interface) and towards other services are surroundings. Where the
 * configuration names no authority, those are taken whose hosts are mostly tasks of the callee, else those whose request
 * ids the callee's streams know. Streams of unknown side count as the caller's if they hold such calls, as the callee's
 * if they hold inbound requests for such an authority.
 *
 * <p><b>Which lines belong together.</b> {@link CallJoiner}: the caller's line and the callee's inbound lines of the same
 * request id. The caller's own inbound line often carries the same id and is never joined. TCP lines carry no key: they are
 * counted on the caller's side and not joined.
 *
 * <p><b>Without caller's calls</b>, because the caller's streams are missing or show only inbound requests, the callee's
 * inbound lines are the calls; a failed line and the next of the same id that starts right after it are one call.
 *
 * <p><b>Memory.</b> Lines wait in a {@link LineStore}. Beyond {@value #MOST_LINES} lines, answered requests are thinned by
 * request id, so that both sides of a request stay or go together; they are still counted. Beyond 768 MiB of encoded
 * lines, further ones are counted by authority and nothing else. Of the joined calls at most
 * {@value #MOST_FAILURES} failures and {@value #MOST_CALLS} in all are kept one by one, and
 * {@value #MOST_SURROUNDINGS} lines of each kind of surroundings.
 *
 * <p>The result does not depend on the order in which streams are read, as long as the lines fit without thinning.
 */
public final class TrafficBuilder implements LineSink {
    private static final int MOST_LINES = 4_000_000;
    /** Bytes of encoded lines; beyond them lines are only counted. */
    private static final long MOST_BYTES = 768L << 20;

    private static final int TYPING_ERRORS = 2;
    private static final int MOST_CALLS = 300_000;
    private static final int MOST_FAILURES = 200_000;
    private static final int LEAST_SUCCESSES = 100_000;
    private static final int MOST_SURROUNDINGS = 50_000;
    private static final int MOST_EVENTS = 100_000;
    private static final int MOST_PROXY_LINES = 20_000;
    private static final int MOST_AUTHORITIES = 1024;
    /** An authority means the callee if at least this share of its hosts are the callee's tasks. */
    private static final double MOSTLY = 0.8;

    /** Words of lines that tell of a proxy's beginning and end. */
    private static final String[] LIFE = {
        "drain",
        "shutdown",
        "shutting down",
        "sigterm",
        "exited",
        "exiting",
        "stopping",
        "terminat",
        "caught",
        "starting main dispatch loop"
    };

    /** What a line is to the edge; stored in a line's tag. */
    private enum Role {
        UNDECIDED,
        CALL,
        CALLER_INBOUND,
        CALLER_OTHER,
        CALLEE_INBOUND,
        CALLEE_OUTBOUND,
        IGNORED;

        private static final Role[] ALL = values();
    }

    private static final int FAILED = 8;
    private static final int ANSWERED = 16;
    private static final int ROLE = 7;
    /** Brought back by a query as a line of its sample, or as a remarkable one. */
    private static final int ASKED = 32;
    /** Brought back by a query, and in its counts of unremarkable lines. */
    private static final int UNREMARKABLE = 64;

    private final EdgeContext context;
    private final int mostLines;
    private final LineStore store;
    private final Observations observations = new Observations();
    private final Map<String, AuthorityCount> authorities = new HashMap<>();
    private final Map<Side, LineSample> samples = new EnumMap<>(Side.class);
    private final Map<Side, Traffic.Step> steps = new EnumMap<>(Side.class);
    /** Connections that were only counted, by side and address of the peer. */
    private final Map<Peer, Dropped> connections = new HashMap<>();

    private final Thinned<OutlierEvent> events = new Thinned<>(MOST_EVENTS);
    private final Thinned<ProxyLogLine> proxyLines = new Thinned<>(MOST_PROXY_LINES);
    private int thinning = 1;
    private long received;
    private boolean callerLogsEgress;
    private boolean calleeStreamRead;
    private boolean httpCalls;

    /** Lines that were only counted. */
    private static final class Dropped {
        private long lines;
        private long failed;
        /** Neither a plain failure nor plainly answered: only the line itself, or the other side's, can tell. */
        private long unclear;
    }

    private record Peer(Side side, String address) {}

    /** Lines towards hosts, and dropped lines, of one authority. */
    private static final class AuthorityCount {
        private long lines;
        private long unrouted;
        private long towardsHost;
        private long towardsCallee;
        private final Dropped outbound = new Dropped();
        private final Dropped inbound = new Dropped();
    }

    /** @param context what tells the edge's lines from others */
    public TrafficBuilder(EdgeContext context) {
        this(context, MOST_LINES);
    }

    TrafficBuilder(EdgeContext context, int mostLines) {
        this.context = context;
        this.mostLines = mostLines;
        this.store = new LineStore(context.window().from().toEpochMilli());
    }

    @Override
    public void access(AccessLogEntry entry, String format) {
        if (entry.startMillis() < 0 || !context.window().containsMillis(entry.startMillis())) {
            return;
        }
        received++;
        observations.observe(entry);
        countAuthority(entry, 1);
        boolean failed = looksFailed(entry);
        boolean answered = !failed && entry.hasServiceTime() && entry.response().status() < 400;
        if (thinning > 1 && answered && !isKept(LineStore.hash(entry.request().requestId()), entry.startMillis())) {
            countDropped(entry);
            return;
        }
        if (store.bytes() >= MOST_BYTES) {
            countDropped(entry);
            return;
        }
        Role role = roleAtSight(entry);
        store.add(entry, (byte) (role.ordinal() | (failed ? FAILED : 0) | (answered ? ANSWERED : 0)));
        while (store.size() > mostLines && thinning < 1 << 20) {
            thinning *= 2;
            int before = store.size();
            store.retain(this::isKept);
            if (store.size() > before - before / 16) {
                // Hardly anything left to thin: failures are never dropped here.
                break;
            }
        }
    }

    @Override
    public void sample(LineSample sample) {
        samples.put(sample.side(), sample);
    }

    @Override
    public void access(AccessLogEntry entry, String format, LineSample.Drawn drawn) {
        if (!samples.containsKey(entry.ref().side()) || drawn == LineSample.Drawn.UNREAD) {
            access(entry, format);
            return;
        }
        boolean inWindow = entry.startMillis() >= 0 && context.window().containsMillis(entry.startMillis());
        if (!inWindow || store.bytes() >= MOST_BYTES) {
            return;
        }
        received++;
        boolean failed = looksFailed(entry);
        boolean answered = !failed && entry.hasServiceTime() && entry.response().status() < 400;
        int how =
                (drawn == LineSample.Drawn.ASKED ? ASKED : 0) | (LineSample.isRemarkable(entry) ? ASKED : UNREMARKABLE);
        int tag = roleAtSight(entry).ordinal() | (failed ? FAILED : 0) | (answered ? ANSWERED : 0) | how;
        // What the line teaches depends on how many it stands for, which is known when all have come.
        store.add(entry, (byte) tag);
    }

    @Override
    public void outlier(OutlierEvent event) {
        boolean inWindow = event.atMillis() < 0 || context.window().containsMillis(event.atMillis());
        if (inWindow && event.ref().side() != Side.CALLEE) {
            events.add(event);
        }
    }

    @Override
    public void proxy(ProxyLogLine line) {
        boolean inWindow = line.atMillis() < 0 || context.window().containsMillis(line.atMillis());
        calleeStreamRead |= line.ref().side() == Side.CALLEE;
        if (inWindow && isNotable(line)) {
            proxyLines.add(line);
        }
    }

    /** The edge's traffic; empty when no access line lay inside the window. */
    public Optional<Traffic> build() {
        samples.values().forEach(this::weigh);
        if (received == 0) {
            return Optional.empty();
        }
        Set<String> names = edgeAuthorities();
        decideRoles(names);
        int[] calls = lines(Role.CALL);
        int[] calleeInbound = lines(Role.CALLEE_INBOUND);
        // A caller that logs and has no line for the callee made no call; calls that reach the callee are others'.
        // Unless
        // CloudWatch counted its calls: then its proxy logs inbound requests only.
        boolean callerTellsCalls = calls.length > 0
                || lines(dropped(Side.CALLER, names)) > 0
                || callerLogsEgress
                || lines(Role.CALLER_INBOUND).length > 0 && !context.callerSeenCalling()
                || calleeInbound.length == 0;
        if (context.calleeLogsCalls() && calleeStreamRead) {
            observations.calleeWouldLog();
        }
        ConditionInference inference = new ConditionInference(observations, context.requestTimeoutMillis());
        return Optional.of(
                callerTellsCalls
                        ? fromCaller(calls, calleeInbound, names, inference)
                        : fromCallee(calleeInbound, names, inference));
    }

    /** Bytes that the lines take while they wait. */
    long storedBytes() {
        return store.bytes();
    }

    // --- arrival ----------------------------------------------------------------------------------------------------

    private Role roleAtSight(AccessLogEntry line) {
        String host = line.upstream().host();
        if (line.isTcp() || host == null || line.ref().side() == Side.UNKNOWN) {
            return Role.UNDECIDED;
        }
        boolean inbound = Observations.isLoopback(host);
        if (line.ref().side() == Side.CALLEE) {
            return inbound ? Role.CALLEE_INBOUND : Role.UNDECIDED;
        }
        String authority = Observations.authority(line);
        return inbound
                ? Role.CALLER_INBOUND
                : authority != null && context.authorities().contains(authority) ? Role.CALL : Role.UNDECIDED;
    }

    /** A failure as far as one line tells; enough to sort surroundings. */
    private static boolean looksFailed(AccessLogEntry line) {
        int status = line.response().status();
        Grpc grpc = Grpc.of(line.response().grpcStatus());
        return status == 0
                || status >= 500
                || status >= 400 && !line.hasHost()
                || grpc != null && grpc != Grpc.OK
                || status == -1 && line.response().bytesSent() == 0;
    }

    /** @param weight how many lines of its kind it stands for */
    private void countAuthority(AccessLogEntry line, long weight) {
        String host = line.upstream().host();
        String authority = Observations.authority(line);
        AuthorityCount count = authority == null || line.ref().side() == Side.CALLEE ? null : count(authority);
        if (count == null) {
            return;
        }
        count.lines += weight;
        if (host == null) {
            count.unrouted += isUnrouted(line) ? weight : 0;
        } else if (!Observations.isLoopback(host)) {
            count.towardsHost += weight;
            count.towardsCallee += isCallee(host) ? weight : 0;
        }
    }

    /** The proxy knew no route for the name. */
    private static boolean isUnrouted(AccessLogEntry line) {
        return line.response().status() == 404
                && line.response().bytesSent() == 0
                && !line.hasHost()
                && !line.hasServiceTime();
    }

    private @Nullable AuthorityCount count(String authority) {
        AuthorityCount count = authorities.get(authority);
        if (count == null && authorities.size() < MOST_AUTHORITIES) {
            count = new AuthorityCount();
            authorities.put(authority, count);
        }
        return count;
    }

    private void countDropped(AccessLogEntry line) {
        String authority = Observations.authority(line);
        AuthorityCount count = authority == null ? null : count(authority);
        if (count == null) {
            return;
        }
        Dropped dropped = observations.isInbound(line) ? count.inbound : count.outbound;
        dropped.lines++;
        dropped.failed += looksFailed(line) ? 1 : 0;
    }

    private boolean isKept(int number) {
        byte tag = store.tag(number);
        boolean kept = (tag & ANSWERED) == 0
                || (tag & (ASKED | UNREMARKABLE)) != 0
                || isKept(store.idHash(number), store.start(number));
        if (!kept) {
            countDropped(store.get(number));
        }
        return kept;
    }

    /** Both lines of a request are kept or dropped together; lines without id go by their start. */
    private boolean isKept(long idHash, long start) {
        long key = idHash != 0 ? idHash : start * 0x9E3779B97F4A7C15L >>> 7;
        return (key >>> 20) % thinning == 0;
    }

    private static boolean isNotable(ProxyLogLine line) {
        String message = line.message().toLowerCase(Locale.ROOT);
        if (message.contains("deprecated field") || message.contains("using deprecated")) {
            // Printed at each start by every proxy, and says nothing about traffic.
            return false;
        }
        boolean severe = switch (line.level()) {
            case "warn", "warning", "err", "error", "critical", "fatal" -> true;
            default -> false;
        };
        return severe || Arrays.stream(LIFE).anyMatch(message::contains);
    }

    /** Whether a host is a task of the callee. */
    private boolean isCallee(String host) {
        int colon = host.lastIndexOf(':');
        String address = colon < 0 ? host : host.substring(0, colon);
        String bare =
                address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
        return context.calleeAddresses().contains(bare);
    }

    // --- samples ----------------------------------------------------------------------------------------------------

    /**
     * Learns from a side's sample, and counts what did not come back.
     *
     * <p>A line stands for as many of its kind as were counted for each that came back. Where numbers are missing, the
     * sample's nominal share stands in.
     */
    private void weigh(LineSample sample) {
        Map<LineSample.Count, long[]> returned = new HashMap<>();
        for (int i = 0; i < store.size(); i++) {
            if ((store.tag(i) & ASKED) != 0 && store.ref(i).side() == sample.side()) {
                returned.computeIfAbsent(LineSample.kind(store.get(i)), kind -> new long[1])[0]++;
            }
        }
        List<LineSample.Count> exact = sample.counts(returned);
        Map<LineSample.Count, long[]> missing = new HashMap<>();
        exact.forEach(count -> missing.computeIfAbsent(count.times(1), kind -> new long[1])[0] += count.lines());
        returned.forEach((kind, lines) -> {
            long[] left = missing.get(kind);
            if (left != null) {
                left[0] = Math.max(0, left[0] - lines[0]);
            }
        });
        boolean bridge = exact.stream().noneMatch(count -> count.way() == LineSample.Way.INWARD);
        missing.forEach((kind, lines) -> countMissing(sample.side(), kind, lines[0], bridge));
        double remarkable = weight(returned, missing, true);
        double unremarkable = weight(returned, missing, false);
        steps.put(sample.side(), new Traffic.Step((int) Math.round(unremarkable), (int) Math.round(remarkable)));
        for (int i = 0; i < store.size(); i++) {
            byte tag = store.tag(i);
            if ((tag & (ASKED | UNREMARKABLE)) != 0 && store.ref(i).side() == sample.side()) {
                AccessLogEntry line = store.get(i);
                long weight =
                        (tag & ASKED) == 0 ? 0 : Math.round((tag & UNREMARKABLE) != 0 ? unremarkable : remarkable);
                observations.observe(new Lesson().of(line), weight);
                countAuthority(line, weight);
            }
        }
    }

    /** How many lines one of those that came back stands for. */
    private static double weight(
            Map<LineSample.Count, long[]> returned, Map<LineSample.Count, long[]> missing, boolean remarkable) {
        long here = sum(returned, remarkable);
        return here == 0 ? 1 : (double) (here + sum(missing, remarkable)) / here;
    }

    private static long sum(Map<LineSample.Count, long[]> lines, boolean remarkable) {
        return lines.entrySet().stream()
                .filter(entry -> entry.getKey().remarkable() == remarkable)
                .mapToLong(entry -> entry.getValue()[0])
                .sum();
    }

    /** Counts lines that did not come back. */
    private void countMissing(Side side, LineSample.Count kind, long lines, boolean bridge) {
        if (lines == 0) {
            return;
        }
        received += lines;
        if (kind.tcp()) {
            add(connections.computeIfAbsent(new Peer(side, kind.name()), peer -> new Dropped()), kind, lines);
            return;
        }
        boolean inward = kind.way() == LineSample.Way.INWARD
                || side == Side.CALLEE && (kind.way() == LineSample.Way.NONE || bridge);
        // What a caller answers itself and what a callee asks of others are calls of other edges.
        boolean ofEdge = side == Side.CALLEE ? inward : !inward;
        AuthorityCount count = ofEdge && !kind.name().isEmpty() ? count(kind.name()) : null;
        if (count != null) {
            add(side == Side.CALLEE ? count.inbound : count.outbound, kind, lines);
            count.lines += kind.remarkable() ? 0 : lines;
        }
    }

    private static void add(Dropped dropped, LineSample.Count kind, long lines) {
        dropped.lines += lines;
        dropped.failed += kind.failed() ? lines : 0;
        dropped.unclear += kind.isUnclear() ? lines : 0;
    }

    private boolean isSampled(int number) {
        return (store.tag(number) & (ASKED | UNREMARKABLE)) != 0;
    }

    /** Whether a line came back for its own sake, and not because of its request. */
    private boolean isCounted(int number) {
        return (store.tag(number) & (ASKED | UNREMARKABLE)) != UNREMARKABLE;
    }

    /** Whether a line may speak for answered ones: remarkable ones came back more often than others. */
    private boolean isFair(int number) {
        LineSample sample = isSampled(number) ? samples.get(store.ref(number).side()) : null;
        return sample == null || isCounted(number) && sample.takes(store.get(number));
    }

    // --- roles ------------------------------------------------------------------------------------------------------

    /** The authorities that mean the callee: configured ones, and those whose hosts do. */
    private Set<String> edgeAuthorities() {
        Set<String> names = new HashSet<>(context.authorities());
        authorities.forEach((authority, count) -> {
            boolean towardsCallee = count.towardsHost > 0 && count.towardsCallee >= MOSTLY * count.towardsHost;
            // Calls under a wrong name of the callee are its calls too: they fail for that very reason.
            boolean misnamed = count.unrouted > 0 && count.unrouted == count.lines && resemblesCallee(authority);
            if (towardsCallee || misnamed) {
                names.add(authority);
            }
        });
        if (names.stream().noneMatch(authorities::containsKey)) {
            authorities.keySet().stream()
                    .filter(authority -> names.contains(hostOf(authority)))
                    .toList()
                    .forEach(names::add);
        }
        return names.isEmpty() ? authoritiesKnownToCallee() : names;
    }

    /** Whether a name has the callee's in it, or is it with a typing error or two. */
    private boolean resemblesCallee(String authority) {
        String host = hostOf(authority);
        return context.authorities().stream()
                .map(TrafficBuilder::label)
                .anyMatch(label -> !label.isEmpty()
                        && (host.contains(label)
                                || EditDistance.of(label(host), label, TYPING_ERRORS + 1) <= TYPING_ERRORS));
    }

    /** The first label of a host name. */
    private static String label(String authority) {
        String host = hostOf(authority);
        int dot = host.indexOf('.');
        return dot < 0 ? host : host.substring(0, dot);
    }

    /** The authority without its port: all that is known of the alias may be its name. */
    private static String hostOf(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    /** Authorities of outbound requests most of which the callee's streams know by their ids. */
    private Set<String> authoritiesKnownToCallee() {
        Set<Long> known = new HashSet<>();
        for (int i = 0; i < store.size(); i++) {
            if (role(i) == Role.CALLEE_INBOUND && store.idHash(i) != 0) {
                known.add(store.idHash(i));
            }
        }
        Map<String, long[]> counts = new HashMap<>();
        for (int i = 0; i < store.size(); i++) {
            if (role(i) != Role.UNDECIDED) {
                continue;
            }
            AccessLogEntry line = store.get(i);
            String host = line.upstream().host();
            String authority = Observations.authority(line);
            if (host != null
                    && authority != null
                    && line.ref().side() != Side.CALLEE
                    && !Observations.isLoopback(host)) {
                long[] count = counts.computeIfAbsent(authority, a -> new long[2]);
                count[0]++;
                count[1] += known.contains(store.idHash(i)) ? 1 : 0;
            }
        }
        Set<String> names = new HashSet<>();
        counts.forEach((authority, count) -> {
            if (count[1] * 2 >= count[0]) {
                names.add(authority);
            }
        });
        return names;
    }

    private void decideRoles(Set<String> names) {
        Map<String, Side> sides = sidesOfUnknownStreams(names);
        httpCalls = names.stream()
                .anyMatch(name -> authorities.containsKey(name) && authorities.get(name).outbound.lines > 0);
        for (int i = 0; i < store.size(); i++) {
            if (role(i) == Role.UNDECIDED) {
                AccessLogEntry line = store.get(i);
                if (line.isTcp()) {
                    continue;
                }
                Side side = line.ref().side() == Side.UNKNOWN
                        ? sides.getOrDefault(line.ref().stream(), Side.UNKNOWN)
                        : line.ref().side();
                role(i, decide(line, side, names));
                // A line without authority is a stranger's garbage, which may have come from outside.
                callerLogsEgress |=
                        role(i) == Role.CALLER_OTHER && line.request().authority() != null;
            }
            httpCalls |= role(i) == Role.CALL;
        }
        for (int i = 0; i < store.size(); i++) {
            if (role(i) == Role.UNDECIDED) {
                AccessLogEntry line = store.get(i);
                Side side = line.ref().side() == Side.UNKNOWN
                        ? sides.getOrDefault(line.ref().stream(), Side.UNKNOWN)
                        : line.ref().side();
                role(i, decideTcp(side, LineSample.address(line.request().remoteAddress()), httpCalls));
            }
        }
    }

    private Map<String, Side> sidesOfUnknownStreams(Set<String> names) {
        Map<String, Side> sides = new HashMap<>();
        for (int i = 0; i < store.size(); i++) {
            if (role(i) != Role.UNDECIDED || store.ref(i).side() != Side.UNKNOWN) {
                continue;
            }
            AccessLogEntry line = store.get(i);
            String host = line.upstream().host();
            String authority = Observations.authority(line);
            boolean edge = authority == null ? host != null && isCallee(host) : names.contains(authority);
            if (host != null && edge) {
                Side side = Observations.isLoopback(host) ? Side.CALLEE : Side.CALLER;
                // Calls outweigh requests answered: a service that calls itself has both.
                sides.merge(line.ref().stream(), side, (a, b) -> a == Side.CALLER ? a : b);
            }
        }
        return sides;
    }

    private Role decide(AccessLogEntry line, Side side, Set<String> names) {
        String host = line.upstream().host();
        String authority = Observations.authority(line);
        boolean edge = authority == null ? host != null && isCallee(host) : names.contains(authority);
        return switch (side) {
            case CALLER -> {
                if (host != null && Observations.isLoopback(host)) {
                    yield Role.CALLER_INBOUND;
                }
                if (edge) {
                    yield Role.CALL;
                }
                yield host == null && observations.direction(line) > 0 ? Role.CALLER_INBOUND : Role.CALLER_OTHER;
            }
            case CALLEE -> {
                if (host == null) {
                    boolean inbound = authority == null || edge || observations.direction(line) > 0;
                    yield inbound ? Role.CALLEE_INBOUND : Role.CALLEE_OUTBOUND;
                }
                if (Observations.isLoopback(host)) {
                    yield Role.CALLEE_INBOUND;
                }
                // In bridge mode the application has an address of its own.
                boolean bridge = edge && !observations.usesLoopback(line.ref().stream());
                yield bridge ? Role.CALLEE_INBOUND : Role.CALLEE_OUTBOUND;
            }
            case UNKNOWN -> Role.IGNORED;
        };
    }

    /** TCP lines tell neither host nor name: who connected decides. */
    private Role decideTcp(Side side, String address, boolean httpCalls) {
        boolean fromWithin =
                Observations.isLoopback(address) || context.callerAddresses().contains(address);
        return switch (side) {
            case CALLER -> !fromWithin ? Role.CALLER_INBOUND : httpCalls ? Role.CALLER_OTHER : Role.CALL;
            case CALLEE -> Role.CALLEE_INBOUND;
            case UNKNOWN -> Role.IGNORED;
        };
    }

    private Role role(int number) {
        return Role.ALL[store.tag(number) & ROLE];
    }

    private void role(int number, Role role) {
        store.tag(number, (byte) (store.tag(number) & ~ROLE | role.ordinal()));
    }

    /** Numbers of the lines of that role, in order of start. */
    private int[] lines(Role role) {
        int count = 0;
        for (int i = 0; i < store.size(); i++) {
            count += role(i) == role ? 1 : 0;
        }
        int[] numbers = new int[count];
        int at = 0;
        for (int i = 0; i < store.size(); i++) {
            if (role(i) == role) {
                numbers[at++] = i;
            }
        }
        store.sort(numbers);
        return numbers;
    }

    // --- calls ------------------------------------------------------------------------------------------------------

    /** Calls in order of start, split and thinned. */
    private static final class Calls {
        private final Thinned<Call> failures = new Thinned<>(MOST_FAILURES);
        private final Thinned<Call> successes = new Thinned<>(MOST_CALLS);
        private final boolean sampled;
        private long counted;
        private long failed;
        private long unclear;
        private long unclearFailed;

        /** @param sampled whether some lines are in numbers only */
        private Calls(boolean sampled) {
            this.sampled = sampled;
        }

        /**
         * Adds a call.
         *
         * @param isCounted whether it is not in the numbers of lines that were only counted
         * @param isFair whether it may speak for the answered ones
         */
        private void add(Call call, boolean isCounted, boolean isFair) {
            boolean countsAsFailed = call.countsAsFailed();
            counted += isCounted ? 1 : 0;
            failed += countsAsFailed ? 1 : 0;
            if (sampled && isCounted && LineSample.kind(call.line()).isUnclear()) {
                unclear++;
                unclearFailed += countsAsFailed ? 1 : 0;
            }
            if (call.failed()) {
                failures.add(call);
            } else if (isFair) {
                successes.add(call);
            }
        }
    }

    private Traffic fromCaller(int[] calls, int[] calleeInbound, Set<String> names, ConditionInference inference) {
        CallJoiner joiner = new CallJoiner(store, calls, calleeInbound);
        LineSample callerSample = samples.get(Side.CALLER);
        LineSample calleeSample = samples.get(Side.CALLEE);
        Calls joined = new Calls(!samples.isEmpty());
        for (int i = 0; i < calls.length; i++) {
            AccessLogEntry caller = store.get(calls[i]);
            List<AccessLogEntry> callee = joiner.attemptsOf(i, caller);
            boolean calleeRead =
                    calleeSample == null || calleeSample.knows(caller.request().requestId());
            Attribution attribution = callee.isEmpty() && !calleeRead
                    ? inference.attribute(caller)
                    : inference.attribute(Optional.of(caller), callee);
            Call call = new Call(Optional.of(caller), callee, attribution, calleeRead);
            joined.add(call, isCounted(calls[i]), call.failed() || isFair(calls[i]));
        }
        int otherCount = 0;
        int[] others = new int[calleeInbound.length];
        for (int i = 0; i < calleeInbound.length; i++) {
            // Where the caller's line was not asked for, none claims nothing.
            boolean unclaimed = !joiner.isClaimed(i)
                    && (callerSample == null
                            || callerSample.knows(
                                    store.get(calleeInbound[i]).request().requestId()));
            if (unclaimed) {
                others[otherCount++] = calleeInbound[i];
            }
        }
        return traffic(
                Traffic.Counted.CALLER_LINES,
                joined,
                dropped(Side.CALLER, names),
                Arrays.copyOf(others, otherCount),
                arrivals(calleeInbound, names));
    }

    private Traffic fromCallee(int[] calleeInbound, Set<String> names, ConditionInference inference) {
        CallJoiner joiner = new CallJoiner(store, new int[0], calleeInbound);
        // By position: the failed attempt that this line retries, and whether a later line retries this one.
        int[] previous = new int[calleeInbound.length];
        boolean[] retried = new boolean[calleeInbound.length];
        Arrays.fill(previous, CallJoiner.NONE);
        for (int i = 0; i < calleeInbound.length; i++) {
            if ((store.tag(calleeInbound[i]) & FAILED) != 0 && store.idHash(calleeInbound[i]) != 0) {
                int retry = joiner.retryOf(i, store.get(calleeInbound[i]));
                if (retry != CallJoiner.NONE && previous[retry] == CallJoiner.NONE) {
                    previous[retry] = i;
                    retried[i] = true;
                }
            }
        }
        // Names that no line has are wrong or outdated: then every request is counted rather than none.
        boolean named = Arrays.stream(calleeInbound).anyMatch(number -> isNamed(store.get(number), names))
                || names.stream()
                        .anyMatch(name -> authorities.containsKey(name) && authorities.get(name).inbound.lines > 0);
        Calls joined = new Calls(!samples.isEmpty());
        int[] others = new int[calleeInbound.length];
        int otherCount = 0;
        for (int i = 0; i < calleeInbound.length; i++) {
            AccessLogEntry line = store.get(calleeInbound[i]);
            if (named && !line.isTcp() && !isNamed(line, names)) {
                others[otherCount++] = calleeInbound[i];
            } else if (!retried[i]) {
                List<AccessLogEntry> attempts = new ArrayList<>(1);
                attempts.add(line);
                for (int at = previous[i]; at != CallJoiner.NONE; at = previous[at]) {
                    attempts.add(0, store.get(calleeInbound[at]));
                }
                Call call = new Call(Optional.empty(), attempts, inference.attribute(Optional.empty(), attempts));
                joined.add(call, isCounted(calleeInbound[i]), call.failed() || isFair(calleeInbound[i]));
            }
        }
        return traffic(
                Traffic.Counted.CALLEE_LINES,
                joined,
                dropped(Side.CALLEE, named ? names : Set.of()),
                Arrays.copyOf(others, otherCount),
                OptionalLong.empty());
    }

    private static boolean isNamed(AccessLogEntry line, Set<String> names) {
        String authority = Observations.authority(line);
        return authority != null && names.contains(authority);
    }

    /** Requests under the edge's names that the callee's proxies logged; TCP lines have no name. */
    private OptionalLong arrivals(int[] calleeInbound, Set<String> names) {
        if (samples.values().stream().anyMatch(sample -> !sample.isExact())) {
            return OptionalLong.empty();
        }
        long arrivals = authorities.entrySet().stream()
                .filter(entry -> names.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue().inbound.lines)
                .sum();
        for (int number : calleeInbound) {
            AccessLogEntry line = store.get(number);
            if (line.isTcp()) {
                return OptionalLong.empty();
            }
            arrivals += isCounted(number) && isNamed(line, names) ? 1 : 0;
        }
        return arrivals == 0 ? OptionalLong.empty() : OptionalLong.of(arrivals);
    }

    private Traffic traffic(
            Traffic.Counted counted,
            Calls calls,
            List<Dropped> dropped,
            int[] calleeInboundOther,
            OptionalLong arrivals) {
        int mostSuccesses =
                Math.max(LEAST_SUCCESSES, MOST_CALLS - calls.failures.items().size());
        Thinned<Call> successes = new Thinned<>(mostSuccesses);
        calls.successes.items().forEach(successes::add);
        long requests = calls.counted + lines(dropped);
        long unclear = dropped.stream().mapToLong(count -> count.unclear).sum();
        long droppedFailed = dropped.stream().mapToLong(count -> count.failed).sum()
                + (calls.unclear == 0 ? 0 : Math.round((double) unclear * calls.unclearFailed / calls.unclear));
        long failures = calls.failures.seen() + droppedFailed;
        LineSample sample = samples.get(counted == Traffic.Counted.CALLER_LINES ? Side.CALLER : Side.CALLEE);
        boolean fair = sample == null || sample.isWhole() && sample.isExact();
        return new Traffic(
                new Traffic.Counts(counted, requests, calls.failed + droppedFailed, fair, arrivals),
                calls.failures.items(),
                step(failures, calls.failures.items().size()),
                successes.items(),
                step(requests - failures, successes.items().size()),
                new Traffic.Surroundings(
                        sample(lines(Role.CALLER_INBOUND)),
                        sample(lines(Role.CALLER_OTHER)),
                        sample(calleeInboundOther),
                        sample(lines(Role.CALLEE_OUTBOUND)),
                        steps.getOrDefault(Side.CALLER, Traffic.Step.ONE),
                        steps.getOrDefault(Side.CALLEE, Traffic.Step.ONE)),
                sorted(
                        events.items(),
                        Comparator.comparingLong(OutlierEvent::atMillis)
                                .thenComparing(event -> event.ref().stream())
                                .thenComparingLong(event -> event.ref().line())),
                sorted(
                        proxyLines.items(),
                        Comparator.comparingLong(ProxyLogLine::atMillis)
                                .thenComparing(line -> line.ref().stream())
                                .thenComparingLong(line -> line.ref().line())));
    }

    /** How many one that was kept stands for. */
    private static int step(long all, int kept) {
        return kept == 0 ? 1 : (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round((double) all / kept)));
    }

    /** Lines of the edge that were only counted, as that side's streams have them. */
    private List<Dropped> dropped(Side side, Set<String> names) {
        List<Dropped> dropped = new ArrayList<>();
        authorities.forEach((name, count) -> {
            if (names.isEmpty() || names.contains(name)) {
                dropped.add(side == Side.CALLEE ? count.inbound : count.outbound);
            }
        });
        connections.forEach((peer, count) -> {
            Role role = decideTcp(peer.side(), peer.address(), httpCalls);
            if (role == (side == Side.CALLEE ? Role.CALLEE_INBOUND : Role.CALL)) {
                dropped.add(count);
            }
        });
        return dropped;
    }

    private static long lines(List<Dropped> dropped) {
        return dropped.stream().mapToLong(count -> count.lines).sum();
    }

    /** The lines themselves, failures first to stay, in order of start. */
    private List<AccessLogEntry> sample(int[] numbers) {
        Thinned<Integer> failed = new Thinned<>(MOST_SURROUNDINGS / 2);
        Thinned<Integer> rest = new Thinned<>(MOST_SURROUNDINGS / 2);
        for (int number : numbers) {
            if ((store.tag(number) & FAILED) != 0) {
                failed.add(number);
            } else if (isFair(number)) {
                rest.add(number);
            }
        }
        int[] kept = new int[failed.items().size() + rest.items().size()];
        int at = 0;
        for (int number : failed.items()) {
            kept[at++] = number;
        }
        for (int number : rest.items()) {
            kept[at++] = number;
        }
        store.sort(kept);
        List<AccessLogEntry> lines = new ArrayList<>(kept.length);
        for (int number : kept) {
            lines.add(store.get(number));
        }
        return lines;
    }

    private static <T> List<T> sorted(List<T> items, Comparator<T> order) {
        return items.stream().sorted(order).toList();
    }
}
