package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.Words;
import io.github.eastwest.classify.background.Settings.Changed;
import io.github.eastwest.classify.background.Settings.Topic;
import io.github.eastwest.classify.background.Suspicion.Who;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceDeployment;
import io.github.eastwest.model.ecs.ServiceRevision;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.report.Background.Change;
import io.github.eastwest.model.report.Background.Change.Kind;
import io.github.eastwest.model.report.Background.Difference;
import io.github.eastwest.model.report.Background.Onset;
import io.github.eastwest.model.report.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What changed, and which of it can have set the failures off: it came before the onset, and a mechanism leads from it to a
 * finding. Nearer ones and better mechanisms come first. A change after the onset is shown and never suspected.
 */
final class Changes {
    private static final List<Input> SOURCES = List.of(
            Input.SERVICES,
            Input.SERVICE_DEPLOYMENTS,
            Input.SERVICE_REVISIONS,
            Input.TASK_DEFINITIONS,
            Input.TASKS,
            Input.CLOUD_MAP_SERVICES,
            Input.SCALING_ACTIVITIES,
            Input.TRAIL);

    /** How far back changes are looked for; the last deployment of each end is kept however old it is. */
    private static final Duration LOOK_BACK = Duration.ofHours(24);

    /**
     * How far back a change of certificates is looked for: Service Connect renews them every five days, so that one which can no
     * longer be renewed fails days later.
     */
    private static final Duration CERTIFICATE_LOOK_BACK = Duration.ofDays(8);

    /** Starts and stops of one service nearer to each other are one change. */
    private static final Duration ONE_CHANGE = Duration.ofSeconds(60);

    /** Tasks that come and go so long after a deployment's begin belong to it. */
    private static final Duration ROLLOUT = Duration.ofHours(1);

    /** Delay after which a change is suspected e times less: rollouts take minutes, coincidences come at any time. */
    private static final double FADING_SECONDS = Duration.ofMinutes(30).toSeconds();

    /** Two entries for one deployment in two answers differ by less. */
    private static final Duration SAME = Duration.ofSeconds(60);

    private static final Set<Topic> UNSPECIFIC = EnumSet.of(Topic.IMAGE, Topic.RESOURCES, Topic.ENVIRONMENT);

    private static final int MOST_CHANGES = 60;
    private static final int MOST_NAMED = 3;

    private final Facts facts;
    private final Trail trail;
    private final List<Raw> found = new ArrayList<>();

    private Changes(Facts facts) {
        this.facts = facts;
        this.trail = new Trail(facts);
    }

    /** A change with how well it explains a finding. */
    private record Scored(Raw raw, double score, Optional<Finding> finding, Optional<String> mechanism) {}

    /** Inputs that changes were looked for in. */
    static List<String> read(Facts facts) {
        return SOURCES.stream().filter(facts::has).map(Input::id).toList();
    }

    /** All changes in order of time. */
    static List<Change> of(Facts facts, Optional<Onset> onset, List<Finding> findings) {
        Changes changes = new Changes(facts);
        changes.find();
        return changes.ranked(onset, findings);
    }

    private void find() {
        for (Service service : facts.services()) {
            Who who = who(service.name());
            deployments(service, who);
            if (who != Who.OTHER) {
                tasks(service.name(), who);
                Scaling.of(facts, service, who).forEach(this::add);
            }
        }
        trail.changes().forEach(this::add);
        for (CloudMap.DiscoveryService endpoint : facts.discoveryServices()) {
            boolean callees = facts.discoveryNames().contains(endpoint.name())
                    && endpoint.type().equals("HTTP");
            if (callees && endpoint.createdAt().isPresent()) {
                add(
                        endpoint.createdAt().get(),
                        Kind.CONFIGURATION,
                        Who.CALLEE,
                        facts.edge().callee(),
                        "endpoint " + endpoint.name() + " was created in Cloud Map",
                        Input.CLOUD_MAP_SERVICES,
                        List.of(new Changed(
                                Topic.CONNECT,
                                new Difference(
                                        "endpoint " + endpoint.name(), Optional.empty(), Optional.of("created")))),
                        true);
            }
        }
    }

    private Who who(String service) {
        return service.equals(facts.edge().callee())
                ? Who.CALLEE
                : service.equals(facts.edge().caller()) ? Who.CALLER : Who.OTHER;
    }

    private void add(
            Instant at,
            Kind kind,
            Who who,
            String subject,
            String text,
            Input source,
            List<Changed> changed,
            boolean known) {
        add(new Raw(at, kind, who, subject, text, source, changed, known));
    }

    private void add(Raw change) {
        if (change.at().isBefore(facts.window().to())) {
            found.add(change);
        }
    }

    private void deployments(Service service, Who who) {
        Map<String, ServiceRevision> revisions = new TreeMap<>();
        facts.revisions(service.name()).forEach(r -> revisions.put(r.arn(), r));
        List<ServiceDeployment> history = facts.deployments(service.name());
        for (ServiceDeployment deployment : history) {
            if (deployment.createdAt().isEmpty()) {
                continue;
            }
            Optional<ServiceRevision> target = deployment.revisions().target().map(revisions::get);
            Optional<ServiceRevision> source = deployment.revisions().sources().stream()
                    .map(revisions::get)
                    .filter(r -> r != null)
                    .findFirst();
            List<Changed> changed = source.isPresent() && target.isPresent()
                    ? settings(source.get()).changedIn(settings(target.get()))
                    : List.of();
            boolean first = deployment.revisions().sources().isEmpty();
            boolean known = source.isPresent()
                    && target.isPresent()
                    && facts.taskDefinition(source.get().taskDefinition()).isPresent()
                    && facts.taskDefinition(target.get().taskDefinition()).isPresent();
            add(
                    deployment.createdAt().get(),
                    Kind.DEPLOYMENT,
                    who,
                    service.name(),
                    service.name() + " deployment of "
                            + target.map(ServiceRevision::taskDefinition).orElse("an unread revision") + " begins"
                            + (first ? ", the service's first" : from(source, target))
                            + words(changed, known)
                            + ending(deployment)
                            + trail.deployedBy(service, deployment.createdAt().get()),
                    Input.SERVICE_DEPLOYMENTS,
                    changed,
                    known);
        }
        List<Deployment> current = service.deployments().stream()
                .filter(d -> d.createdAt().isPresent())
                .sorted(Comparator.comparing((Deployment d) -> d.createdAt().orElse(Instant.MIN)))
                .toList();
        Optional<Deployment> before = Optional.empty();
        for (Deployment deployment : current) {
            Instant at = deployment.createdAt().orElse(Instant.MIN);
            boolean listed = history.stream()
                    .flatMap(d -> d.createdAt().stream())
                    .anyMatch(other -> Duration.between(other, at).abs().compareTo(SAME) <= 0);
            if (!listed) {
                List<Changed> changed = before.map(b -> settings(b).changedIn(settings(deployment)))
                        .orElse(List.of());
                boolean known = before.flatMap(b -> facts.taskDefinition(b.taskDefinition()))
                                .isPresent()
                        && facts.taskDefinition(deployment.taskDefinition()).isPresent();
                add(
                        at,
                        Kind.DEPLOYMENT,
                        who,
                        service.name(),
                        service.name() + " deployment of " + deployment.taskDefinition() + " begins"
                                + before.map(b -> " (before: " + b.taskDefinition() + ")")
                                        .orElse("")
                                + words(changed, known)
                                + (deployment.rollout().state().equals("FAILED")
                                        ? "; FAILED: " + deployment.rollout().reason()
                                        : "")
                                + trail.deployedBy(service, at),
                        Input.SERVICES,
                        changed,
                        known);
            }
            before = Optional.of(deployment);
        }
    }

    private Settings settings(ServiceRevision revision) {
        return Settings.of(
                facts.taskDefinition(revision.taskDefinition()), revision.serviceConnect(), revision.securityGroups());
    }

    private Settings settings(Deployment deployment) {
        return Settings.of(
                facts.taskDefinition(deployment.taskDefinition()),
                deployment.serviceConnect(),
                deployment.securityGroups());
    }

    private static String from(Optional<ServiceRevision> source, Optional<ServiceRevision> target) {
        return source.filter(s -> target.filter(t -> t.taskDefinition().equals(s.taskDefinition()))
                        .isEmpty())
                .map(s -> " (before: " + s.taskDefinition() + ")")
                .orElse("");
    }

    private static String words(List<Changed> changed, boolean known) {
        if (changed.isEmpty()) {
            return known ? ": no setting differs" : "";
        }
        String named = changed.stream()
                .limit(MOST_NAMED)
                .map(c -> c.difference().name() + " "
                        + c.difference().before().orElse("not set") + " \u2192 "
                        + c.difference().after().orElse("not set"))
                .collect(Collectors.joining("; "));
        int more = changed.size() - MOST_NAMED;
        return ": " + named + (more > 0 ? " and " + Words.count(more, "more setting") : "");
    }

    private static String ending(ServiceDeployment deployment) {
        boolean plain =
                deployment.status().equals("SUCCESSFUL") || deployment.status().isEmpty();
        return deployment.finishedAt().map(at -> "; ended " + Words.time(at)).orElse("")
                + (plain
                        ? ""
                        : "; " + deployment.status()
                                + (deployment.statusReason().isEmpty() ? "" : ": " + deployment.statusReason()));
    }

    private void tasks(String service, Who who) {
        List<Task> tasks = who == Who.CALLEE ? facts.calleeTasks() : facts.callerTasks();
        List<Instant> deployed = found.stream()
                .filter(r -> r.kind() == Kind.DEPLOYMENT && r.subject().equals(service))
                .map(Raw::at)
                .toList();
        groups(tasks, t -> t.lifecycle().startedAt(), Task::taskDefinition)
                .forEach(group -> add(
                        at(group, t -> t.lifecycle().startedAt()),
                        Kind.TASK_START,
                        who,
                        service,
                        service + ": " + Words.count(group.size(), "task") + " of "
                                + group.get(0).taskDefinition() + " started (" + names(group) + ")",
                        Input.TASKS,
                        List.of(),
                        true));
        groups(tasks, Phases::stop, Changes::why).forEach(group -> {
            Instant at = at(group, Phases::stop);
            boolean rollout = deployed.stream()
                    .anyMatch(d -> !at.isBefore(d) && Duration.between(d, at).compareTo(ROLLOUT) <= 0);
            boolean scaling = group.get(0).state().stoppedReason().startsWith("Scaling activity") && !rollout;
            add(
                    at,
                    scaling ? Kind.SCALING : Kind.TASK_STOP,
                    who,
                    service,
                    service + ": " + Words.count(group.size(), "task") + " stopped (" + names(group) + "): "
                            + why(group.get(0))
                            + trail.stoppedBy(group),
                    Input.TASKS,
                    List.of(),
                    true);
        });
    }

    private static String names(List<Task> group) {
        String named = group.stream()
                .limit(MOST_NAMED)
                .map(t -> t.id().substring(0, Math.min(8, t.id().length())))
                .collect(Collectors.joining(", "));
        int more = group.size() - MOST_NAMED;
        return named + (more > 0 ? " and " + Words.number(more) + " more" : "");
    }

    private static String why(Task task) {
        String reason = task.state().stoppedReason().isEmpty()
                ? "no reason given"
                : task.state().stoppedReason();
        return reason
                + task.containers().stream()
                        .filter(c -> c.exitCode().orElse(0) != 0 || !c.reason().isEmpty())
                        .map(c -> c.name()
                                + (c.exitCode().isPresent()
                                        ? " exit code " + c.exitCode().getAsInt()
                                        : "")
                                + (c.reason().isEmpty() ? "" : " " + c.reason()))
                        .map(words -> "; " + words)
                        .collect(Collectors.joining());
    }

    private static Instant at(List<Task> group, Function<Task, Optional<Instant>> time) {
        return group.stream()
                .flatMap(t -> time.apply(t).stream())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Tasks with the same key whose times follow each other closely, in order of time. */
    private static List<List<Task>> groups(
            List<Task> tasks, Function<Task, Optional<Instant>> time, Function<Task, String> key) {
        Map<String, List<Task>> byKey = new TreeMap<>();
        tasks.stream()
                .filter(t -> time.apply(t).isPresent())
                .sorted(Comparator.comparing((Task t) -> time.apply(t).orElse(Instant.MIN))
                        .thenComparing(Task::id))
                .forEach(t -> byKey.computeIfAbsent(key.apply(t), k -> new ArrayList<>())
                        .add(t));
        List<List<Task>> groups = new ArrayList<>();
        for (List<Task> same : byKey.values()) {
            List<Task> group = new ArrayList<>();
            Instant last = Instant.MIN;
            for (Task task : same) {
                Instant at = time.apply(task).orElseThrow();
                if (!group.isEmpty() && last.plus(ONE_CHANGE).isBefore(at)) {
                    groups.add(group);
                    group = new ArrayList<>();
                }
                group.add(task);
                last = at;
            }
            groups.add(group);
        }
        return groups;
    }

    private List<Change> ranked(Optional<Onset> onset, List<Finding> findings) {
        List<Finding> suspects = findings.stream()
                .filter(f -> f.causedBy().isEmpty() && !f.cause().blindSpot())
                .filter(f -> f.assessment().verdict().compareTo(Verdict.LIKELY) <= 0
                        && f.assessment().severity().atLeast(Severity.WARNING))
                .toList();
        List<Scored> scored = found.stream()
                .map(raw -> score(raw, onset, suspects))
                .filter(s -> s.mechanism().isPresent() || isRecent(s.raw()) || isLastDeployment(s.raw()))
                .toList();
        List<Scored> suspected = scored.stream()
                .filter(s -> s.mechanism().isPresent())
                .sorted(Comparator.comparingDouble((Scored s) -> -s.score())
                        .thenComparing(s -> s.raw().at(), Comparator.reverseOrder())
                        .thenComparing(s -> s.raw().text()))
                .toList();
        Map<Scored, Integer> ranks = new LinkedHashMap<>();
        suspected.forEach(s -> ranks.put(s, ranks.size() + 1));
        List<Scored> shown = new ArrayList<>(suspected);
        Instant middle = onset.map(Onset::earliest).orElse(facts.window().to());
        scored.stream()
                .filter(s -> s.mechanism().isEmpty())
                .sorted(Comparator.comparing((Scored s) ->
                                Duration.between(s.raw().at(), middle).abs())
                        .thenComparing(s -> s.raw().text()))
                .forEach(shown::add);
        List<Scored> ordered = shown.stream()
                .limit(MOST_CHANGES)
                .sorted(Comparator.comparing((Scored s) -> s.raw().at())
                        .thenComparing(s -> s.raw().kind())
                        .thenComparing(s -> s.raw().text()))
                .toList();
        List<Change> changes = new ArrayList<>();
        for (Scored s : ordered) {
            Raw raw = s.raw();
            changes.add(new Change(
                    "C" + (changes.size() + 1),
                    raw.at(),
                    raw.kind(),
                    raw.subject(),
                    raw.text(),
                    raw.source().id(),
                    onset.map(o -> delay(raw.at(), o)),
                    Optional.ofNullable(ranks.get(s)),
                    s.mechanism(),
                    s.finding().map(Finding::cause),
                    raw.changed().stream().map(Changed::difference).toList()));
        }
        return changes;
    }

    private boolean isRecent(Raw raw) {
        return raw.who() != Who.OTHER
                && !raw.at().isBefore(facts.window().from().minus(LOOK_BACK));
    }

    private boolean isLastDeployment(Raw raw) {
        return raw.who() != Who.OTHER
                && raw.kind() == Kind.DEPLOYMENT
                && found.stream()
                        .noneMatch(r -> r.kind() == Kind.DEPLOYMENT
                                && r.subject().equals(raw.subject())
                                && r.at().isAfter(raw.at()));
    }

    private Scored score(Raw raw, Optional<Onset> onset, List<Finding> suspects) {
        Scored best = new Scored(raw, 0, Optional.empty(), Optional.empty());
        if (onset.isEmpty() || raw.at().isAfter(onset.get().latest())) {
            return best;
        }
        Duration delay = delay(raw.at(), onset.get());
        double weight = 1;
        boolean recent = delay.compareTo(raw.kind() == Kind.CERTIFICATE ? CERTIFICATE_LOOK_BACK : LOOK_BACK) <= 0;
        if (!recent && !onset.get().atStart()) {
            // A sharp onset so long after it is not its doing.
            return best;
        }
        Set<Topic> topics = raw.topics();
        if (!recent) {
            // Where the begin was not seen an old change may still count, if a setting tells by itself: new code does
            // not.
            topics.removeAll(UNSPECIFIC);
        }
        for (Finding finding : suspects) {
            Optional<Suspicion.Match> match = recent || !topics.isEmpty()
                    ? Suspicion.match(finding.cause(), raw.kind(), raw.who(), topics, raw.known())
                    : Optional.empty();
            if (match.isPresent()) {
                double score = weight * match.get().weight() * Math.exp(-delay.toSeconds() / FADING_SECONDS);
                if (score > best.score() || best.mechanism().isEmpty()) {
                    best = new Scored(
                            raw,
                            score,
                            Optional.of(finding),
                            Optional.of(match.get().mechanism()));
                }
            }
            weight /= 2;
        }
        return best;
    }

    /** From the change to the onset; zero within the onset's band, negative after it. */
    private static Duration delay(Instant at, Onset onset) {
        if (at.isAfter(onset.latest())) {
            return Duration.between(at, onset.latest());
        }
        return at.isAfter(onset.earliest()) ? Duration.ZERO : Duration.between(at, onset.earliest());
    }
}
