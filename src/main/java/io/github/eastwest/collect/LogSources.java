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
import java.util.function.Predicate;
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

    /** Streams named one by one where both sides' names begin alike. */
    private static final int MOST_TASKS_IN_QUERY = 100;

    /** Groups of which one name begins with the other's. */
    private static final int MOST_GROUPS = 50;

    private final Reader reader;
    private final CollectRequest request;
    private final Ends ends;
    private final Budget budget;
    private final Insights insights;
    private final Instant end;
    private final Map<Side, List<LogTarget>> targets = new LinkedHashMap<>();
    private final Map<Side, List<LogTarget.Nowhere>> nowhere = new LinkedHashMap<>();

    LogSources(Reader reader, CollectRequest request, Ends ends, Budget budget, QueryRuns runs) {
        this.reader = reader;
        this.request = request;
        this.ends = ends;
        this.budget = budget;
        Instant to = request.window().to();
        Instant tail = to.plus(TAIL);
        Instant now = request.now().isAfter(to) ? request.now() : to;
        this.end = tail.isBefore(now) ? tail : now;
        this.insights = new Insights(runs, budget, request.window(), end);
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
        String group = reply.asked("logGroupNamePrefix");
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

    static String input(Side side) {
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
            CompletableFuture<MetricSources.Data> metrics,
            CompletableFuture<List<Reply>> tasks) {
        return groups.thenCombine(metrics, this::looks)
                .thenCombine(tasks, (looks, described) -> read(looks, new Owners(described)))
                .thenCompose(both -> both);
    }

    /**
     * What is known of a unit before it is read.
     *
     * @param bytes what its group holds in the window; empty when unknown
     * @param infrequent whether the group's class admits nothing but Logs Insights
     * @param large whether there is too much to read it line by line
     * @param dead the call that shows that the group's endpoint does not answer
     */
    private record Look(Unit unit, OptionalLong bytes, boolean infrequent, boolean large, Optional<Reply> dead) {}

    private List<Look> looks(List<Reply> groups, MetricSources.Data metrics) {
        List<Look> looks = new ArrayList<>();
        Set<MetricSources.Group> counted = new LinkedHashSet<>();
        for (Unit unit : units()) {
            MetricSources.Group group =
                    new MetricSources.Group(unit.as(), unit.target().group());
            OptionalLong bytes = MetricSources.volume(metrics, group, "IncomingBytes");
            OptionalLong events = MetricSources.volume(metrics, group, "IncomingLogEvents");
            if (counted.add(group)) {
                budget.logs(bytes);
            }
            List<Reply> own = groups.stream()
                    .filter(reply -> reply.call().side() == unit.as()
                            && reply.call().region().equals(unit.target().region()))
                    .toList();
            Optional<Reply> dead = own.stream()
                    .filter(reply -> reply.failedBecause(AwsFailure.Kind.UNREACHABLE)
                            || reply.failedBecause(AwsFailure.Kind.DEADLINE))
                    .findFirst();
            boolean infrequent = own.stream()
                    .flatMap(reply -> reply.at("logGroups").items().stream())
                    .anyMatch(found -> found.at("logGroupName")
                                    .textOrEmpty()
                                    .equals(unit.target().group())
                            && found.at("logGroupClass").textOrEmpty().equals("INFREQUENT_ACCESS"));
            looks.add(new Look(unit, bytes, infrequent, infrequent || LogLines.isLarge(bytes, events), dead));
        }
        return looks;
    }

    /** Line by line what is small, then by Logs Insights the sides of which something is not or could not be. */
    private CompletableFuture<List<SourceResult>> read(List<Look> all, Owners owners) {
        List<Look> looks = all.stream().filter(look -> look.dead().isEmpty()).toList();
        Set<Side> large = sides(looks, Look::large);
        List<Look> small = looks.stream()
                .filter(look -> !large.containsAll(look.unit().sides()))
                .toList();
        return lines(small).thenCompose(first -> {
            Set<Side> asked = new LinkedHashSet<>(large);
            first.forEach((look, read) -> {
                if (read.crossed() || !read.anything() && read.failed().stream().allMatch(LogSources::mayBeQueried)) {
                    asked.addAll(look.unit().sides());
                }
            });
            return insights.read(streams(asked, looks, owners), messages(first, asked, owners))
                    .thenCompose(found -> {
                        Set<Side> answered = new LinkedHashSet<>();
                        found.forEach((side, by) -> {
                            if (by.anything()) {
                                answered.add(side);
                            }
                        });
                        // What Logs Insights could not tell either is read line by line as far as that goes.
                        List<Look> rest = looks.stream()
                                .filter(look -> !look.infrequent()
                                        && !first.containsKey(look)
                                        && !answered.containsAll(look.unit().sides()))
                                .toList();
                        return lines(rest).thenApply(second -> {
                            Map<Look, LogLines.Read> read = new LinkedHashMap<>(first);
                            read.putAll(second);
                            return Ends.SIDES.stream()
                                    .map(side -> result(side, all, read, found, owners))
                                    .toList();
                        });
                    });
        });
    }

    /** Whether Logs Insights may do what FilterLogEvents would not: it has other permissions, rates and log classes. */
    private static boolean mayBeQueried(Reply failed) {
        return failed.failedBecause(AwsFailure.Kind.DENIED)
                || failed.failedBecause(AwsFailure.Kind.THROTTLED)
                || failed.failedBecause(AwsFailure.Kind.REFUSED);
    }

    private static Set<Side> sides(List<Look> looks, Predicate<Look> which) {
        Set<Side> sides = new LinkedHashSet<>();
        looks.stream().filter(which).forEach(look -> sides.addAll(look.unit().sides()));
        return sides;
    }

    private CompletableFuture<Map<Look, LogLines.Read>> lines(List<Look> looks) {
        return Calls.all(looks.stream()
                        .map(look -> {
                            LogTarget target = look.unit().target();
                            Call call = new Call(
                                    Operation.FILTER_LOG_EVENTS,
                                    look.unit().as(),
                                    target.region(),
                                    OrderedMap.of(
                                            "logGroupName",
                                            target.group(),
                                            "logStreamNamePrefix",
                                            target.streamPrefix()),
                                    Call.ALL);
                            return new LogLines(
                                            reader,
                                            input(look.unit().sides().iterator().next()))
                                    .read(call, request.window().from(), end, look.bytes());
                        })
                        .toList())
                .thenApply(read -> {
                    Map<Look, LogLines.Read> byLook = new LinkedHashMap<>();
                    for (int i = 0; i < looks.size(); i++) {
                        byLook.put(looks.get(i), read.get(i));
                    }
                    return byLook;
                });
    }

    /** How the sides' streams are asked for; a side whose streams cannot be named is left out. */
    private Map<Side, Insights.Streams> streams(Set<Side> sides, List<Look> looks, Owners owners) {
        Map<Side, Insights.Streams> all = new LinkedHashMap<>();
        for (Side side : Ends.SIDES) {
            List<Look> own = looks.stream()
                    .filter(look -> sides.contains(side) && look.unit().sides().contains(side))
                    .toList();
            if (own.isEmpty()) {
                continue;
            }
            Unit first = own.get(0).unit();
            Set<String> groups = new LinkedHashSet<>();
            Set<String> names = new LinkedHashSet<>();
            OptionalLong bytes = OptionalLong.of(0);
            for (Look look : own) {
                Unit unit = look.unit();
                if (unit.target().region().equals(first.target().region())) {
                    boolean another = groups.add(unit.target().group());
                    names.addAll(
                            unit.sides().size() == 1 ? List.of(unit.target().streamPrefix()) : owners.tasks(side));
                    bytes = another ? sum(bytes, look.bytes()) : bytes;
                }
            }
            if (!names.isEmpty() && names.stream().allMatch(Queries::takesId)) {
                all.put(
                        side,
                        new Insights.Streams(
                                side,
                                first.as(),
                                first.target().region(),
                                List.copyOf(groups),
                                List.copyOf(names),
                                bytes));
            }
        }
        return all;
    }

    private static OptionalLong sum(OptionalLong a, OptionalLong b) {
        return a.isPresent() && b.isPresent() ? OptionalLong.of(a.getAsLong() + b.getAsLong()) : OptionalLong.empty();
    }

    /** The messages of the sides that Logs Insights is not asked about. */
    private static Map<Side, List<String>> messages(Map<Look, LogLines.Read> read, Set<Side> asked, Owners owners) {
        Map<Side, List<String>> messages = new LinkedHashMap<>();
        read.forEach((look, lines) -> lines.lines().forEach((stream, text) -> {
            Side side = owners.of(look.unit(), stream);
            if (!asked.isEmpty() && !asked.contains(side)) {
                messages.computeIfAbsent(side, any -> new ArrayList<>())
                        .addAll(text.toString().lines().toList());
            }
        }));
        return messages;
    }

    private SourceResult result(
            Side side,
            List<Look> looks,
            Map<Look, LogLines.Read> read,
            Map<Side, Insights.Found> found,
            Owners owners) {
        List<Look> own = looks.stream()
                .filter(look -> look.unit().sides().contains(side))
                .toList();
        if (own.isEmpty()) {
            LogTarget.Nowhere why = nowhere.getOrDefault(side, List.of()).get(0);
            return SourceResult.none(input(side), why.state(), why.why());
        }
        Set<String> shortfalls = new LinkedHashSet<>();
        nowhere.getOrDefault(side, List.of()).forEach(why -> shortfalls.add(why.why()));
        Insights.Found answered = found.getOrDefault(side, Insights.Found.NOTHING);
        boolean whole = own.stream()
                .allMatch(look -> read.containsKey(look) && read.get(look).complete());
        List<Reply> failed = new ArrayList<>();
        if (!whole) {
            shortfalls.addAll(answered.reasons());
            failed.addAll(answered.failed());
            if (answered.refused()) {
                budget.stop();
            }
        }
        if (answered.anything() && !whole) {
            boolean elsewhere = own.stream()
                    .anyMatch(look -> !look.unit()
                            .target()
                            .region()
                            .equals(own.get(0).unit().target().region()));
            if (elsewhere) {
                shortfalls.add("log groups of several Regions: only one was asked");
            }
            return SourceResult.of(
                    input(side), true, failed, List.copyOf(shortfalls), draft -> answered.put(draft, side));
        }
        return lineByLine(side, own, read, owners, shortfalls, failed);
    }

    private SourceResult lineByLine(
            Side side,
            List<Look> own,
            Map<Look, LogLines.Read> read,
            Owners owners,
            Set<String> shortfalls,
            List<Reply> failed) {
        Map<String, CharSequence> lines = new TreeMap<>();
        Map<String, CharSequence> strays = new TreeMap<>();
        boolean anything = false;
        for (Look look : own) {
            LogTarget target = look.unit().target();
            LogLines.Read some = read.get(look);
            look.dead().ifPresent(failed::add);
            if (some == null && look.dead().isPresent()) {
                continue;
            }
            if (some == null) {
                shortfalls.add(target.group() + " is of the infrequent-access class, which only Logs Insights reads");
                continue;
            }
            anything |= some.anything();
            failed.addAll(some.failed());
            if (some.crossed()) {
                shortfalls.add("more than " + (LogLines.MOST_BYTES >> 20) + " MiB or " + LogLines.MOST_EVENTS
                        + " lines: the rest of " + target.group() + " was not read");
            }
            some.lines().forEach((stream, text) -> {
                Side of = owners.of(look.unit(), stream);
                if (of == side) {
                    lines.put(stream, text);
                } else if (of == Side.UNKNOWN) {
                    strays.put(stream, text);
                }
            });
            if (some.complete()) {
                // A proxy that wrote nothing is known to be silent; without its file it would be unknown.
                owners.running(side, target.streamPrefix()).forEach(stream -> lines.putIfAbsent(stream, ""));
            }
        }
        if (!strays.isEmpty()) {
            shortfalls.add("streams of tasks that ECS no longer knows, of one service or the other: " + strays.size());
        }
        SourceResult result = SourceResult.of(input(side), anything, failed, List.copyOf(shortfalls), draft -> {
            lines.forEach((stream, text) -> draft.lines(side.id(), stream, text.toString()));
            strays.forEach((stream, text) -> draft.lines(Side.UNKNOWN.id(), stream, text.toString()));
        });
        LogTarget target = own.get(0).unit().target();
        return lines.isEmpty() && result.state() == Coverage.State.COMPLETE
                ? new SourceResult(
                        result.input(),
                        result.state(),
                        "no line in " + target.group() + " of streams " + target.streamPrefix() + "…",
                        result.files())
                : result;
    }

    /** Whose proxy wrote a stream, by the task or the proxy's container in its name. */
    private static final class Owners {
        private final Map<String, Set<Side>> byName = new LinkedHashMap<>();
        private final Map<Side, Set<String>> tasks = new LinkedHashMap<>();
        private final Map<Side, Map<String, String>> running = new LinkedHashMap<>();

        Owners(List<Reply> described) {
            for (Reply reply : described) {
                reply.at("tasks").items().forEach(task -> add(task, reply.call().side()));
            }
        }

        private void add(Field task, Side side) {
            String id = Arn.name(task.at("taskArn").textOrEmpty());
            tasks.computeIfAbsent(side, any -> new TreeSet<>()).add("/" + id);
            add(id, side);
            for (Field container : task.at("containers").items()) {
                String name = container.at("name").textOrEmpty();
                if (name.startsWith("ecs-service-connect-")) {
                    add(name, side);
                    if (task.at("lastStatus").textOrEmpty().equals("RUNNING")) {
                        running.computeIfAbsent(side, any -> new TreeMap<>()).put(id, name);
                    }
                }
            }
        }

        private void add(String name, Side side) {
            byName.computeIfAbsent(name, any -> new LinkedHashSet<>()).add(side);
        }

        Side of(Unit unit, String stream) {
            if (unit.sides().size() == 1) {
                return unit.sides().iterator().next();
            }
            String[] parts = stream.split("/", -1);
            for (int i = parts.length - 1; i > 0; i--) {
                Set<Side> sides = byName.getOrDefault(parts[i], Set.of());
                if (sides.size() == 1) {
                    return sides.iterator().next();
                }
            }
            return Side.UNKNOWN;
        }

        /** Ends of the names of a side's streams, as many as a query takes. */
        List<String> tasks(Side side) {
            return tasks.getOrDefault(side, Set.of()).stream()
                    .limit(MOST_TASKS_IN_QUERY)
                    .toList();
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
