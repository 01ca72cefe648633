package io.github.eastwest.collect;

import io.github.eastwest.bundle.Arn;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * The proxies' log streams of both sides.
 *
 * <p>Small groups of the standard class are read line by line, which costs nothing; large ones and those of the
 * infrequent-access class, which knows no other way, by Logs Insights.
 */
final class LogSources {
    /**
     * Lines are written when a call ends: those of the last calls lie behind the window. The default request timeout is
     * 15 s, and the log driver sends every few seconds.
     */
    private static final Duration TAIL = Duration.ofSeconds(60);

    /** Groups of which one name begins with the other's. */
    private static final int MOST_GROUPS = 50;

    private final Reader reader;
    private final CollectRequest request;
    private final Ends ends;
    private final Map<Side, List<LogTarget>> targets = new LinkedHashMap<>();
    private final Map<Side, List<LogTarget.Nowhere>> nowhere = new LinkedHashMap<>();

    LogSources(Reader reader, CollectRequest request, Ends ends) {
        this.reader = reader;
        this.request = request;
        this.ends = ends;
        for (Side side : Ends.SIDES) {
            List<LogTarget.Nowhere> none = new ArrayList<>();
            targets.put(side, LogTarget.of(ends.place(side).service(), ends.service(side), none));
            nowhere.put(side, none);
        }
    }

    /** Streams that one reading brings: of one side, or of both where they cannot be told apart by name. */
    private record Unit(Side as, LogTarget target, Set<Side> sides) {}

    private List<Unit> units() {
        Map<String, Unit> units = new LinkedHashMap<>();
        targets.forEach((side, list) -> list.forEach(target -> {
            String key = ends.as(side) + "\n" + target.group() + "\n" + target.region() + "\n" + target.streamPrefix();
            units.computeIfAbsent(key, any -> new Unit(ends.as(side), target, new LinkedHashSet<>()))
                    .sides()
                    .add(side);
        }));
        return List.copyOf(units.values());
    }

    /** The groups whose volume CloudWatch tells; not those of other Regions, whose metrics lie there. */
    List<MetricSources.Group> groups() {
        return units().stream()
                .filter(unit -> unit.target().region().isEmpty())
                .map(unit -> new MetricSources.Group(unit.as(), unit.target().group()))
                .distinct()
                .toList();
    }

    /** The groups as DescribeLogGroups knows them. */
    CompletableFuture<List<Reply>> describe() {
        Set<Call> calls = new LinkedHashSet<>();
        units().forEach(unit -> calls.add(new Call(
                Operation.DESCRIBE_LOG_GROUPS,
                unit.as(),
                unit.target().region(),
                // Names come in alphabetical order: the group itself is first, longer names follow.
                OrderedMap.of("logGroupNamePrefix", unit.target().group()),
                MOST_GROUPS)));
        return reader.read(2, List.copyOf(calls))
                .thenApply(replies -> replies.stream().map(LogSources::enough).toList());
    }

    /** More groups than were asked for are of no interest as long as the one meant is there. */
    private static Reply enough(Reply reply) {
        Object group = reply.call().parameters().getOrDefault("logGroupNamePrefix", "");
        boolean there = reply.at("logGroups").items().stream()
                .anyMatch(found -> found.at("logGroupName").textOrEmpty().equals(group));
        return there && reply.failedBecause(AwsFailure.Kind.LIMITED)
                ? new Reply(reply.call(), reply.answer(), Optional.empty())
                : reply;
    }

    SourceResult groups(List<Reply> replies) {
        if (replies.isEmpty()) {
            LogTarget.Nowhere why = nowhere.values().stream()
                    .flatMap(List::stream)
                    .findFirst()
                    .orElse(new LogTarget.Nowhere(Coverage.State.NOT_COLLECTED, ""));
            return SourceResult.none(Operation.DESCRIBE_LOG_GROUPS.path(), why.state(), why.why());
        }
        return SourceResult.merging(Operation.DESCRIBE_LOG_GROUPS, replies, "logGroups", "arn");
    }

    private static String source(Side side) {
        return side == Side.CALLEE ? Input.CALLEE_LOGS.id() : Input.CALLER_LOGS.id();
    }

    /**
     * Both sides' logs.
     *
     * @param groups the answers on the groups
     * @param metrics the answers that tell their volume
     * @param tasks the tasks, whose ids tell streams of equal names apart
     */
    CompletableFuture<List<SourceResult>> read(
            CompletableFuture<List<Reply>> groups,
            CompletableFuture<List<Reply>> metrics,
            CompletableFuture<List<Reply>> tasks) {
        List<CompletableFuture<Part>> parts = new ArrayList<>();
        for (Unit unit : units()) {
            parts.add(groups.thenCombine(metrics, (described, data) -> unit(unit, described, data))
                    .thenCompose(part -> part));
        }
        return Calls.all(parts)
                .thenCombine(
                        tasks,
                        (read, described) -> Ends.SIDES.stream()
                                .map(side -> result(side, read, described))
                                .toList());
    }

    /** What was read of a unit. */
    private record Part(Unit unit, LogLines.Read read, List<String> shortfalls) {}

    private CompletableFuture<Part> unit(Unit unit, List<Reply> groups, List<Reply> metrics) {
        MetricSources.Group group =
                new MetricSources.Group(unit.as(), unit.target().group());
        OptionalLong bytes = MetricSources.volume(metrics, group, "IncomingBytes");
        Instant to = request.window().to().plus(TAIL);
        Instant now = request.now().isAfter(request.window().to())
                ? request.now()
                : request.window().to();
        Call call = new Call(
                Operation.FILTER_LOG_EVENTS,
                unit.as(),
                unit.target().region(),
                OrderedMap.of(
                        "logGroupName",
                        unit.target().group(),
                        "logStreamNamePrefix",
                        unit.target().streamPrefix()),
                Call.ALL);
        return new LogLines(reader, source(unit.sides().iterator().next()))
                .read(call, request.window().from(), to.isAfter(now) ? now : to, bytes)
                .thenApply(read -> new Part(
                        unit,
                        read,
                        read.crossed()
                                ? List.of("more than " + (LogLines.MOST_BYTES >> 20) + " MiB or " + LogLines.MOST_EVENTS
                                        + " lines: the rest of " + unit.target().group() + " was not read")
                                : List.of()));
    }

    private SourceResult result(Side side, List<Part> parts, List<Reply> tasks) {
        String input = source(side);
        List<Part> own = parts.stream()
                .filter(part -> part.unit().sides().contains(side))
                .toList();
        List<LogTarget.Nowhere> none = nowhere.getOrDefault(side, List.of());
        if (own.isEmpty()) {
            LogTarget.Nowhere why = none.get(0);
            return SourceResult.none(input, why.state(), why.why());
        }
        Map<String, String> lines = new TreeMap<>();
        Map<String, String> strays = new TreeMap<>();
        List<Reply> failed = new ArrayList<>();
        Set<String> shortfalls = new LinkedHashSet<>();
        none.forEach(why -> shortfalls.add(why.why()));
        Owners owners = new Owners(ends, tasks);
        for (Part part : own) {
            failed.addAll(part.read().failed());
            shortfalls.addAll(part.shortfalls());
            part.read().lines().forEach((stream, text) -> {
                Side of = part.unit().sides().size() == 1 ? side : owners.of(stream);
                if (of == side) {
                    lines.put(stream, text.toString());
                } else if (of == Side.UNKNOWN) {
                    strays.put(stream, text.toString());
                }
            });
            if (part.read().complete()) {
                // A proxy that wrote nothing is known to be silent; without its file it would be unknown.
                owners.running(side, part.unit().target().streamPrefix())
                        .forEach(stream -> lines.putIfAbsent(stream, ""));
            }
        }
        if (!strays.isEmpty()) {
            shortfalls.add("streams of tasks that ECS no longer knows, of one service or the other: " + strays.size());
        }
        boolean anything =
                !lines.isEmpty() || own.stream().anyMatch(part -> part.read().complete());
        SourceResult calls = SourceResult.of(
                Operation.FILTER_LOG_EVENTS,
                failed.isEmpty() ? List.of() : failed,
                List.copyOf(shortfalls),
                draft -> {});
        Coverage.State state =
                anything && calls.state() != Coverage.State.COMPLETE ? Coverage.State.PARTIAL : calls.state();
        String detail = lines.isEmpty() && calls.detail().isEmpty()
                ? "no line in " + own.get(0).unit().target().group() + " of streams "
                        + own.get(0).unit().target().streamPrefix() + "…"
                : calls.detail();
        return new SourceResult(input, state, detail, draft -> {
            lines.forEach((stream, text) -> draft.lines(side.id(), stream, text));
            strays.forEach((stream, text) -> draft.lines(Side.UNKNOWN.id(), stream, text));
        });
    }

    /** Whose proxy wrote a stream, by the task or the proxy's container in its name. */
    private static final class Owners {
        private final Map<String, Set<Side>> byName = new LinkedHashMap<>();
        private final Map<Side, Map<String, String>> running = new LinkedHashMap<>();

        Owners(Ends ends, List<Reply> tasks) {
            for (Reply reply : tasks) {
                for (Field task : reply.at("tasks").items()) {
                    String id = Arn.name(task.at("taskArn").textOrEmpty());
                    Side side = reply.call().side();
                    add(id, side);
                    for (Field container : task.at("containers").items()) {
                        String name = container.at("name").textOrEmpty();
                        if (name.startsWith("ecs-service-connect-")) {
                            add(name, side);
                            if (task.at("lastStatus").textOrEmpty().equals("RUNNING")) {
                                running.computeIfAbsent(side, any -> new TreeMap<>())
                                        .put(id, name);
                            }
                        }
                    }
                }
            }
        }

        private void add(String name, Side side) {
            byName.computeIfAbsent(name, any -> new LinkedHashSet<>()).add(side);
        }

        Side of(String stream) {
            String[] parts = stream.split("/", -1);
            for (int i = parts.length - 1; i > 0; i--) {
                Set<Side> sides = byName.getOrDefault(parts[i], Set.of());
                if (sides.size() == 1) {
                    return sides.iterator().next();
                }
            }
            return Side.UNKNOWN;
        }

        /** The streams of a side's running proxies. */
        Set<String> running(Side side, String streamPrefix) {
            String prefix = streamPrefix.substring(0, streamPrefix.lastIndexOf('/'));
            return running.getOrDefault(side, Map.of()).entrySet().stream()
                    .map(task -> prefix + "/" + task.getValue() + "/" + task.getKey())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
