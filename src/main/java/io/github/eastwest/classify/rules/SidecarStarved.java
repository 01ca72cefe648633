package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Concentration;
import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.metric.MetricSeries;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * EW201: a proxy waits for a processor. It shares the task's CPU with the application, and where the application's
 * containers have reserved it all and use it, the proxy gets what is left.
 *
 * <p>For it: calls spend their time outside of the callee's proxies, whose own lines of the same requests are as short as
 * ever; timeouts fire seconds late, since the proxy that keeps the time is the one that waits; the service's CPU is at its
 * reservation; the task definition leaves less than AWS's advice of 256 CPU units and 64 MiB. Against it: CPU to spare.
 *
 * <p>A small task alone is no finding.
 */
final class SidecarStarved implements Rule {
    private static final int ADVISED_CPU_UNITS = 256;
    private static final int ADVISED_MEMORY_MIB = 64;
    private static final double FULL_PERCENT = 90;
    private static final double BUSY_PERCENT = 70;
    private static final double IDLE_PERCENT = 50;
    private static final int FEWEST = 5;
    private static final double LATE_SHARE = 0.01;
    private static final double HARMFUL_SHARE = 0.05;

    @Override
    public RootCause cause() {
        return RootCause.SIDECAR_STARVED;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.SERVICES,
                Input.TASK_DEFINITIONS,
                Input.TASKS,
                Input.METRICS,
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        ProxyTime time = ProxyTime.of(view);
        Timeouts timeouts = Timeouts.of(facts, view);
        BitSet overrun = view.where(o -> isOverrun(o, timeouts));
        boolean late = time.late().size() >= FEWEST
                && time.late().size() >= LATE_SHARE * time.calls().size()
                && !time.piled();
        if (!late && overrun.cardinality() < FEWEST) {
            return notLate(facts, time);
        }
        Side side = side(facts, view, time);
        String service =
                side == Side.CALLER ? facts.edge().caller() : facts.edge().callee();
        Draft draft = Draft.of(cause()).at(side == Side.CALLER ? Hop.CALLER_PROXY : Hop.CALLEE_PROXY);
        if (late) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLEE_LOGS,
                    Words.of(time.late().size(), time.calls().size(), "call")
                            + " with lines of both proxies spent most of their time outside of the callee's: "
                            + Words.duration(time.lateOutside(0.5)) + " (median), and "
                            + Words.duration(time.lateAtCallee(0.5)) + " in it",
                    Words.duration(time.outside(0.99)) + " of 99\u00a0%",
                    "200\u00a0ms");
        }
        if (time.tooLate() >= FEWEST) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLEE_LOGS,
                    Words.count(time.tooLate(), "call")
                            + " were read by the callee's proxies only after the caller's had given them up",
                    Words.count(time.tooLate(), "call"),
                    Integer.toString(FEWEST));
        }
        if (overrun.cardinality() >= FEWEST) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    facts.ofCalls(overrun.cardinality()) + " were cut long after the request timeout of "
                            + Words.duration(timeouts.millis()) + ", up to "
                            + Words.duration(TrafficView.quantile(view.at(overrun), o -> true, 1)
                                    .orElse(0))
                            + ": the proxy that keeps the time was late itself",
                    Words.count(overrun.cardinality(), "call"),
                    Words.duration(timeouts.millis()));
        }
        long answered = view.at(timeouts.answeredByProxy()).stream()
                .filter(o -> o.calleeLine() != null
                        && o.calleeLine().response().status() >= 200
                        && o.calleeLine().response().status() < 500
                        && o.calleeLine().timing().durationMillis() * 4 <= timeouts.millis())
                .count();
        if (answered >= FEWEST) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLEE_LOGS,
                    Words.count(answered, "call") + " that ended in a timeout had been answered by the callee in time");
        }
        cpu(facts, service, draft);
        sizing(facts, side, draft);
        BitSet lost = lost(view, time, overrun);
        if (lost.isEmpty()
                && time.late().size() < HARMFUL_SHARE * Math.max(1, time.calls().size())) {
            draft.noise();
        }
        draft.explains(lost)
                .summary(facts.edge().label() + ": the proxies of " + service + " get too little CPU"
                        + (late
                                ? ": calls wait " + Words.duration(time.lateOutside(0.5)) + " (median of the "
                                        + Words.count(time.late().size(), "late one") + ") outside of the callee"
                                : "")
                        + (lost.isEmpty() ? "" : "; " + facts.ofCalls(lost.cardinality()) + " failed for it"));
        confirms(facts, side, service, draft);
        return Examination.of(draft, "calls came late, but the services have CPU to spare");
    }

    private static Examination notLate(Facts facts, ProxyTime time) {
        if (time.piled() && time.late().size() >= FEWEST) {
            return Examination.excluded("calls that were late outside of the callee all waited "
                    + Words.duration(time.lateOutside(0.5)) + ": one timer, not a want of CPU");
        }
        if (time.calls().isEmpty() && !facts.has(Input.CALLEE_LOGS)) {
            // Only the timers could have told, and they were kept.
            return peak(facts, facts.edge().caller()).orElse(100.0) >= BUSY_PERCENT
                    ? Examination.unknown(Input.CALLEE_LOGS)
                    : Examination.excluded("no timeout fired late, and the caller has CPU to spare");
        }
        if (time.calls().isEmpty()) {
            // A call's time before the callee's proxy began its line is in the caller's only.
            return Examination.unseen(facts, "no timeout fired late", Input.CALLER_LOGS);
        }
        return Examination.excluded("99\u00a0% of the calls spent at most " + Words.duration(time.outside(0.99))
                + " outside of the callee's proxies, and no timeout fired late");
    }

    /** A timeout that fired seconds after its time. */
    private static boolean isOverrun(Observed o, Timeouts timeouts) {
        boolean byProxy =
                o.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT || o.condition() == Condition.PER_TRY_TIMEOUT;
        return timeouts.configured()
                && byProxy
                && o.call().line().response().status() != 200
                && o.duration() >= timeouts.millis() + Math.max(1000, timeouts.millis() / 4);
    }

    /** Whose proxies wait: whose CPU is used up, else where the late calls gather. */
    private static Side side(Facts facts, TrafficView view, ProxyTime time) {
        double caller = peak(facts, facts.edge().caller()).orElse(0.0);
        double callee = peak(facts, facts.edge().callee()).orElse(0.0);
        if (caller >= FULL_PERCENT != callee >= FULL_PERCENT) {
            return caller >= FULL_PERCENT ? Side.CALLER : Side.CALLEE;
        }
        Map<String, Tally> hosts = new TreeMap<>();
        for (ProxyTime.Spent spent : time.calls()) {
            boolean late = time.late().contains(spent);
            hosts.merge(
                    spent.call().host(),
                    new Tally(late ? 1 : 0, late ? 0 : 1),
                    (a, b) -> new Tally(a.failed() + b.failed(), a.answered() + b.answered()));
        }
        boolean oneHost = Concentration.of(hosts, facts.thresholds().spread()).isPresent();
        return oneHost || !view.callerCounts() ? Side.CALLEE : Side.CALLER;
    }

    private static Optional<Double> peak(Facts facts, String service) {
        return facts.utilization(service, "CPUUtilization", "Maximum")
                .or(() -> facts.utilization(service, "CPUUtilization", "Average"))
                .filter(m -> !m.points().isEmpty())
                .map(m -> m.points().stream()
                        .mapToDouble(MetricSeries.Point::value)
                        .max()
                        .orElse(0));
    }

    private static void cpu(Facts facts, String service, Draft draft) {
        Optional<Double> peak = peak(facts, service);
        if (peak.isEmpty()) {
            return;
        }
        String used = Math.round(peak.get()) + "\u00a0%";
        if (peak.get() >= BUSY_PERCENT) {
            draft.evidence(
                    peak.get() >= FULL_PERCENT ? Weight.STRONG : Weight.MEDIUM,
                    Input.METRICS,
                    "the CPU of " + service + " reached " + used + " of its reservation, the proxies' share included",
                    used,
                    Math.round(FULL_PERCENT) + "\u00a0%");
        } else if (peak.get() < IDLE_PERCENT) {
            draft.against(Weight.STRONG, Input.METRICS, "the CPU of " + service + " stayed below " + used);
        }
    }

    /** What the task definition leaves for the proxy. */
    private static void sizing(Facts facts, Side side, Draft draft) {
        Optional<Service> service = side == Side.CALLER ? facts.caller() : facts.callee();
        Optional<TaskDefinition> definition = service.flatMap(Service::primary)
                .map(Deployment::taskDefinition)
                .flatMap(facts::taskDefinition);
        if (definition.isEmpty()) {
            return;
        }
        List<TaskDefinition.Limits> limits = definition.get().containers().stream()
                .map(TaskDefinition.ContainerDefinition::limits)
                .toList();
        int cpu = limits.stream().mapToInt(l -> l.cpuUnits().orElse(0)).sum();
        int memory = limits.stream()
                .mapToInt(l -> l.memoryMiB().orElse(l.memoryReservationMiB().orElse(0)))
                .sum();
        OptionalInt taskCpu = definition.get().cpuUnits();
        OptionalInt taskMemory = definition.get().memoryMiB();
        if (taskCpu.isPresent() && cpu > 0 && taskCpu.getAsInt() - cpu < ADVISED_CPU_UNITS) {
            int left = taskCpu.getAsInt() - cpu;
            draft.evidence(
                    Weight.MEDIUM,
                    Input.TASK_DEFINITIONS,
                    definition.get().id() + " has " + taskCpu.getAsInt()
                            + " CPU units, of which its containers reserve " + cpu + ": " + left
                            + " are left for the proxy",
                    Integer.toString(left),
                    Integer.toString(ADVISED_CPU_UNITS));
        } else if (taskCpu.isPresent() && taskCpu.getAsInt() <= ADVISED_CPU_UNITS) {
            draft.evidence(
                    Weight.WEAK,
                    Input.TASK_DEFINITIONS,
                    definition.get().id() + " has " + taskCpu.getAsInt() + " CPU units for application and proxy",
                    Integer.toString(taskCpu.getAsInt()),
                    "more than " + ADVISED_CPU_UNITS);
        }
        if (taskMemory.isPresent() && memory > 0 && taskMemory.getAsInt() - memory < ADVISED_MEMORY_MIB) {
            draft.evidence(
                    Weight.WEAK,
                    Input.TASK_DEFINITIONS,
                    definition.get().id() + " leaves " + (taskMemory.getAsInt() - memory)
                            + "\u00a0MiB of memory for the proxy",
                    Integer.toString(taskMemory.getAsInt() - memory),
                    Integer.toString(ADVISED_MEMORY_MIB));
        }
    }

    /** Calls that failed because a proxy was late: timed out, or given up while the callee had nothing to do with it. */
    private static BitSet lost(TrafficView view, ProxyTime time, BitSet overrun) {
        Set<Observed> late = new HashSet<>();
        time.late().forEach(s -> late.add(s.call()));
        BitSet lost = view.where(late::contains);
        lost.or(overrun);
        // A proxy that is late for some calls is late for those that never reached the callee as well.
        lost.or(view.where(o ->
                (o.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT || o.condition() == Condition.PER_TRY_TIMEOUT)
                        && o.call().callee().isEmpty()));
        return view.primaryOf(lost);
    }

    private static void confirms(Facts facts, Side side, String service, Draft draft) {
        String cluster =
                side == Side.CALLER ? Words.shell(facts.edge().cluster().orElse("CLUSTER")) : facts.calleeCluster();
        draft.confirm(
                        "aws cloudwatch get-metric-statistics --namespace AWS/ECS --metric-name CPUUtilization --dimensions Name=ClusterName,Value="
                                + cluster + " Name=ServiceName,Value=" + Words.shell(service)
                                + " --statistics Average Maximum --period 60 --start-time "
                                + facts.window().from() + " --end-time "
                                + facts.window().to(),
                        "Maximum is near 100 in the minutes of the late calls",
                        "it stays well below; then the time is lost on the network or in a full connection pool")
                .confirm(
                        "aws ecs describe-services "
                                + (side == Side.CALLER ? facts.callerArguments() : facts.calleeArguments())
                                + " --query 'services[0].taskDefinition' --output text",
                        "that task definition's cpu minus the sum of its containers' cpu is below 256",
                        "it leaves 256 CPU units and more")
                .fix(
                        "Give the task 256 CPU units and 64 MiB more than its containers reserve (512 units more above 500 requests per second and task), and deploy "
                                + service + ".",
                        "Cost; the deployment replaces all tasks.")
                .fix(
                        "At once: more tasks of " + service
                                + ", or end what computes beside the proxy (exports, log shippers, jobs).",
                        "A job that is ended must be repeated.");
    }
}
