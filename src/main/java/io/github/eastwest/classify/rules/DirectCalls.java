package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.model.ecs.CloudMap.DiscoveryService;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.log.AccessLogEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Requests that reached the callee's proxies past the caller's: no line of the caller belongs to them, and they name the
 * callee otherwise than by its alias. That they are this caller's is proven by its address (TCP lines, a load balancer's
 * {@code x-forwarded-for}) or by the request id of a request that the caller was serving.
 */
final class DirectCalls {
    /** Clients keep dead addresses for that long: a resolver's time to live, and requests that wait for an answer. */
    private static final long AFTER_STOP_MILLIS = 120_000;

    private final Facts facts;
    private final List<AccessLogEntry> strangers;
    private final Set<String> callerAddresses = new HashSet<>();
    private final Set<String> callerRequests = new HashSet<>();

    DirectCalls(Facts facts) {
        this.facts = facts;
        Set<String> aliases = new TreeSet<>();
        for (String alias : Symptoms.aliases(facts)) {
            aliases.add(alias.toLowerCase(Locale.ROOT));
            aliases.add(host(alias));
        }
        Optional<TrafficView> traffic = facts.traffic();
        // TCP lines carry no key that joins them: only a caller whose proxies have no call at all is past them for
        // sure.
        boolean bypassed =
                traffic.filter(t -> t.callerCounts() && t.requests() == 0).isPresent();
        this.strangers = traffic.stream()
                .flatMap(DirectCalls::inbound)
                .filter(line -> !isHealthCheck(line))
                .filter(line -> line.isTcp()
                        ? bypassed
                        : authority(line).filter(a -> !aliases.contains(a)).isPresent())
                .toList();
        facts.callerTasks().forEach(t -> t.placement().address().ifPresent(callerAddresses::add));
        traffic.ifPresent(t -> t.traffic().surroundings().callerInbound().forEach(line -> {
            if (line.request().requestId() != null) {
                callerRequests.add(line.request().requestId());
            }
        }));
    }

    /** The callee's lines that no line of the caller's claims. */
    private static Stream<AccessLogEntry> inbound(TrafficView view) {
        Stream<AccessLogEntry> others = view.traffic().surroundings().calleeInboundOther().stream();
        return view.callerCounts()
                ? others
                : Stream.concat(
                        others,
                        Stream.concat(view.failures().stream(), view.successes().stream())
                                .map(o -> o.call().line()));
    }

    private static boolean isHealthCheck(AccessLogEntry line) {
        String agent = line.request().userAgent();
        return agent != null && agent.startsWith("ELB-HealthChecker");
    }

    /** The requests whose authority fits and that are this caller's beyond doubt. */
    List<AccessLogEntry> proven(Predicate<String> authority) {
        return named(authority).stream().filter(this::isCallers).toList();
    }

    /** The requests whose authority fits, whoever sent them. */
    List<AccessLogEntry> named(Predicate<String> authority) {
        return strangers.stream()
                .filter(line -> line.isTcp()
                        ? isCallers(line)
                        : authority(line).filter(authority).isPresent())
                .toList();
    }

    private boolean isCallers(AccessLogEntry line) {
        String remote = line.request().remoteAddress();
        if (remote != null && callerAddresses.contains(LostPackets.address(remote))) {
            return true;
        }
        String id = line.request().requestId();
        return id != null && callerRequests.contains(id)
                || forwardedFor(line).stream().anyMatch(callerAddresses::contains);
    }

    private static List<String> forwardedFor(AccessLogEntry line) {
        String header = line.request().forwardedFor();
        List<String> addresses = new ArrayList<>();
        if (header != null) {
            for (String part : header.split(",", 20)) {
                addresses.add(part.strip());
            }
        }
        return addresses;
    }

    /** Names and how often, in order of name. */
    static Map<String, Long> authorities(List<AccessLogEntry> lines) {
        Map<String, Long> names = new TreeMap<>();
        lines.forEach(line -> names.merge(authority(line).orElse("tcp"), 1L, Long::sum));
        return names;
    }

    /** The names under which Cloud Map DNS knows the callee's tasks: {@code payments.prod.local}. */
    static Set<String> registryNames(Facts facts) {
        Set<String> names = new TreeSet<>();
        List<String> ids = facts.callee().map(s -> s.routing().registryIds()).orElse(List.of());
        for (DiscoveryService service : facts.discoveryServices()) {
            if (ids.contains(service.id())) {
                service.namespaceId()
                        .flatMap(id -> Namespaces.name(facts, id))
                        .ifPresent(ns -> names.add((service.name() + "." + ns).toLowerCase(Locale.ROOT)));
            }
        }
        return names;
    }

    /** Addresses of the callee's tasks and of its Cloud Map instances, stopped tasks included. */
    static Set<String> calleeAddresses(Facts facts) {
        Set<String> addresses = new TreeSet<>();
        facts.calleeTasks().forEach(t -> t.placement().address().ifPresent(addresses::add));
        return addresses;
    }

    /** Whether the callee can also be reached through a load balancer or a service registry. */
    static boolean hasOtherWay(Service callee) {
        return callee.routing().loadBalancers()
                || !callee.routing().registryIds().isEmpty();
    }

    /** Requests of the caller's application in the minutes after tasks of the callee stopped, and at other times. */
    AfterStops afterStops() {
        List<Instant> stops = facts.calleeTasks().stream()
                .map(Phases::stop)
                .flatMap(Optional::stream)
                .filter(facts.window()::contains)
                .toList();
        Map<Boolean, long[]> counts = new HashMap<>();
        facts.traffic()
                .ifPresent(t -> t.traffic().surroundings().callerInbound().forEach(line -> {
                    boolean after = stops.stream()
                            .anyMatch(at -> line.endMillis() >= at.toEpochMilli()
                                    && line.startMillis() <= at.toEpochMilli() + AFTER_STOP_MILLIS);
                    counts.computeIfAbsent(after, k -> new long[2])[isFailed(line) ? 0 : 1]++;
                }));
        long[] after = counts.getOrDefault(true, new long[2]);
        long[] otherwise = counts.getOrDefault(false, new long[2]);
        return new AfterStops(new Tally(after[0], after[1]), new Tally(otherwise[0], otherwise[1]));
    }

    /** What the caller's application answered after stops of the callee's tasks, and otherwise. */
    record AfterStops(Tally after, Tally otherwise) {}

    private static boolean isFailed(AccessLogEntry line) {
        return line.response().status() == 0 || line.response().status() >= 500;
    }

    /** Requests that the caller's application failed. */
    List<AccessLogEntry> callerFailures() {
        return facts.traffic().stream()
                .flatMap(t -> t.traffic().surroundings().callerInbound().stream())
                .filter(line -> line.response().status() == 0 || line.response().status() >= 500)
                .toList();
    }

    /** The authority in lower case; empty where the line has none. */
    static Optional<String> authority(AccessLogEntry line) {
        return Optional.ofNullable(line.request().authority()).map(a -> a.toLowerCase(Locale.ROOT));
    }

    /** The authority without its port, lower case. */
    static String host(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean port = colon > 0 && authority.indexOf(':') == colon;
        return (port ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT);
    }
}
