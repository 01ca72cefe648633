package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import io.github.eastwest.model.ecs.ServiceConnect.Tls;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.metric.MetricSeries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW305: the proxies of the edge cannot agree on TLS: an expired certificate, certificates of two private CAs, TLS on one
 * side only because the other was deployed before it was switched on, a network mode that cannot have it. The connection
 * ends within milliseconds, before any request. TLS that is not configured fails nothing: the proxies then talk plain.
 */
final class TlsMisconfigured implements Rule {
    /** A handshake that fails, retries included, takes less. */
    private static final long HANDSHAKE_MILLIS = 1000;

    @Override
    public RootCause cause() {
        return RootCause.TLS_MISCONFIGURED;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.SERVICES,
                Input.SERVICE_REVISIONS,
                Input.TASK_DEFINITIONS,
                Input.TASKS,
                Input.METRICS,
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        List<Setting> settings = settings(facts);
        boolean configured = settings.stream().anyMatch(s -> s.tls().isPresent());
        long asClient = errors(facts.seenByCaller("TargetTLSNegotiationErrorCount", "Sum"));
        long asServer = errors(facts.atCallee("ClientTLSNegotiationErrorCount", "Sum"));
        BitSet certain = traffic.map(t -> t.where(TlsMisconfigured::isCertain)).orElseGet(BitSet::new);
        if (!configured && certain.isEmpty() && asClient + asServer == 0) {
            return facts.has(Input.SERVICES)
                    ? Examination.excluded("TLS is not configured: the proxies talk plain")
                    : Examination.unknown(Input.SERVICES);
        }
        BitSet failed = traffic.map(t -> t.where(o -> isCertain(o) || configured && isHandshake(o)))
                .orElseGet(BitSet::new);
        Optional<String> bridge = bridge(facts, settings);
        int minimum = facts.thresholds().spread().minimumFailures();
        // The callee's count is that of all clients, of scanners too: alone it says nothing of this caller.
        boolean seen = facts.has(Input.METRICS)
                || traffic.filter(TrafficView::callerCounts).isPresent();
        if (failed.cardinality() < minimum && asClient < minimum && bridge.isEmpty()) {
            return seen
                    ? Examination.excluded("TLS is configured, and no negotiation of this caller's proxies failed")
                    : Examination.unknown(Input.CALLER_LOGS, Input.METRICS);
        }
        Draft draft = Draft.of(cause()).explains(failed);
        List<String> why = new ArrayList<>();
        reasons(traffic, failed, draft).ifPresent(why::add);
        if (failed.cardinality() >= minimum) {
            draft.evidence(
                    certain.cardinality() >= minimum ? Weight.STRONG : Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    facts.ofCalls(failed.cardinality())
                            + (certain.cardinality() >= minimum
                                    ? " ended in the TLS handshake with the callee's proxy"
                                    : " ended with the connection to the callee's proxy within milliseconds,"
                                            + " as a failed handshake does"),
                    Words.count(failed.cardinality(), "call"),
                    "");
        }
        if (asClient + asServer >= minimum) {
            draft.evidence(
                    asClient >= minimum ? Weight.DECISIVE : Weight.STRONG,
                    Input.METRICS,
                    "CloudWatch counts failed negotiations: " + Words.number(asClient)
                            + " by this caller's proxies (TargetTLSNegotiationErrorCount), " + Words.number(asServer)
                            + " at the callee's (ClientTLSNegotiationErrorCount)",
                    Words.number(asClient + asServer),
                    "0");
        } else if (failed.cardinality() >= minimum && facts.has(Input.METRICS) && certain.isEmpty()) {
            draft.against(Weight.STRONG, Input.METRICS, "CloudWatch counts no failed TLS negotiation on either side");
        }
        bridge.ifPresent(text -> {
            why.add(text);
            draft.evidence(Weight.STRONG, Input.TASK_DEFINITIONS, text);
        });
        change(facts, traffic, settings, failed).ifPresent(text -> {
            why.add(text);
            draft.evidence(Weight.STRONG, Input.SERVICE_REVISIONS, text);
        });
        draft.summary(facts.edge().label() + ": the proxies cannot agree on TLS"
                + (failed.isEmpty() ? "" : ": " + facts.ofCalls(failed.cardinality()) + " failed in the handshake")
                + (why.isEmpty() ? "" : "; " + String.join("; ", why)));
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + facts.calleeArguments()
                                        + " --query 'services[0].deployments[].{status:status,created:createdAt,tls:serviceConnectConfiguration.services[].tls}'",
                                "deployments name different private CAs, or only the newer one has tls",
                                "all have the same tls; then look at the certificates' dates")
                        .confirm(
                                "aws secretsmanager list-secrets --filters Key=name,Values=ecs-sc! --query 'SecretList[].{n:Name,rotated:LastRotatedDate,changed:LastChangedDate}'",
                                "a secret of the service was not changed for more than 7 days, or is gone: certificates are replaced every 5 days",
                                "all were changed within the last 5 days")
                        .fix(
                                "Certificates of two CAs, or TLS on one side only: deploy whichever side is older, so that both know the same configuration.",
                                "Replaces its tasks; calls fail until both sides agree.")
                        .fix(
                                "Expired certificates: make the rotation work again (infrastructure role, its policy, the private CA's state and its tag AmazonECSManaged), then deploy the callee.",
                                "Replaces the callee's tasks.")
                        .fix(
                                "Lasting: alarm on both TLS negotiation metrics and on RotationFailed in CloudTrail; introduce TLS with a second endpoint instead of switching the first one over.",
                                "None."),
                "the broken connections are not those of a TLS handshake");
    }

    /** What one deployment or revision of the callee says of TLS. */
    private record Setting(String revision, Instant since, Optional<Tls> tls) {}

    private static List<Setting> settings(Facts facts) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        facts.revisions(facts.edge().callee())
                .forEach(r -> r.serviceConnect()
                        .ifPresent(sc -> settings.put(
                                r.taskDefinition(),
                                new Setting(r.taskDefinition(), r.createdAt().orElse(Instant.MIN), tls(sc)))));
        facts.callee()
                .map(Service::deployments)
                .orElse(List.of())
                .forEach(d -> d.serviceConnect()
                        .ifPresent(sc -> settings.put(
                                d.taskDefinition(),
                                new Setting(d.taskDefinition(), d.createdAt().orElse(Instant.MIN), tls(sc)))));
        List<Setting> ordered = new ArrayList<>(settings.values());
        ordered.sort(Comparator.comparing(Setting::since));
        return ordered;
    }

    private static Optional<Tls> tls(ServiceConnect config) {
        return config.endpoints().stream()
                .map(Endpoint::tls)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static long errors(Optional<MetricSeries> series) {
        return Math.round(series.map(MetricSeries::sum).orElse(0.0));
    }

    private static boolean isCertain(Observed o) {
        return o.condition() == Condition.TLS_FAILURE;
    }

    /** What a failed handshake can look like where no length and no flag tells it. */
    private static boolean isHandshake(Observed o) {
        return o.call().callee().isEmpty()
                && o.call().calleeRead()
                && !o.call().line().hasServiceTime()
                && o.hop() == Hop.CALLEE_PROXY
                && o.duration() <= HANDSHAKE_MILLIS
                && o.task().filter(Task::stopped).isEmpty()
                && (o.mayBe(Condition.TLS_FAILURE) || o.condition() == Condition.UPSTREAM_CONNECTION_TERMINATION);
    }

    /** What the proxies say of the handshakes, where their lines carry a reason. */
    private static Optional<String> reasons(Optional<TrafficView> traffic, BitSet failed, Draft draft) {
        Set<String> reasons = new TreeSet<>();
        traffic.ifPresent(t -> t.at(failed).forEach(o -> {
            String reason = o.call().line().upstream().transportFailure();
            String details = o.call().line().response().details();
            String text =
                    ((reason == null ? "" : reason) + " " + (details == null ? "" : details)).toUpperCase(Locale.ROOT);
            for (Reason known : Reason.values()) {
                if (text.contains(known.token)) {
                    reasons.add(known.words);
                }
            }
        }));
        if (reasons.isEmpty()) {
            return Optional.empty();
        }
        String text = String.join("; ", reasons);
        draft.evidence(Weight.DECISIVE, Input.CALLER_LOGS, "the proxies' lines give the reason: " + text);
        return Optional.of(text);
    }

    /** BoringSSL's words, as far as they tell the fault. */
    private enum Reason {
        EXPIRED("CERTIFICATE_EXPIRED", "the certificate has expired"),
        HAS_EXPIRED("CERTIFICATE_HAS_EXPIRED", "the certificate has expired"),
        VERSIONS("NO_SUPPORTED_VERSIONS", "the proxies have no TLS version in common"),
        OLD("PROTOCOL_VERSION", "the proxies have no TLS version in common"),
        UNKNOWN_CA("UNKNOWN_CA", "the callee's proxy does not know the caller's CA"),
        UNVERIFIED("CERTIFICATE_VERIFY_FAILED", "the caller's proxy does not accept the callee's certificate"),
        PLAIN("WRONG_VERSION_NUMBER", "the callee's proxy does not speak TLS"),
        NO_SECRET("SECRET_IS_NOT_SUPPLIED", "a proxy has no certificate yet"),
        ALERT("HANDSHAKE_FAILURE", "the callee's proxy refused the handshake");

        private final String token;
        private final String words;

        Reason(String token, String words) {
            this.token = token;
            this.words = words;
        }
    }

    private static Optional<String> bridge(Facts facts, List<Setting> settings) {
        return facts.calleePrimary()
                .filter(d -> settings.stream()
                        .anyMatch(s -> s.revision().equals(d.taskDefinition())
                                && s.tls().isPresent()))
                .map(Deployment::taskDefinition)
                .flatMap(facts::taskDefinition)
                .filter(t -> t.networkMode().equals("bridge"))
                .map(TaskDefinition::id)
                .map(id -> id + " has network mode bridge, with which Service Connect has no TLS");
    }

    /** The change of TLS between the revision whose tasks fail and the one before it. */
    private static Optional<String> change(
            Facts facts, Optional<TrafficView> traffic, List<Setting> settings, BitSet failed) {
        Instant deployed = facts.caller()
                .flatMap(Service::primary)
                .flatMap(Deployment::createdAt)
                .orElse(Instant.MAX);
        Set<String> failing = new TreeSet<>();
        traffic.ifPresent(t -> t.at(failed).forEach(o -> o.revision().ifPresent(failing::add)));
        for (int i = 1; i < settings.size(); i++) {
            Setting before = settings.get(i - 1);
            Setting after = settings.get(i);
            if (before.tls().equals(after.tls())
                    || !failing.isEmpty()
                            && !failing.contains(after.revision())
                            && !failing.contains(before.revision())) {
                continue;
            }
            String caller = deployed.isBefore(after.since()) ? "; the caller's deployment is older" : "";
            if (after.tls().isEmpty()) {
                return Optional.of(after.revision() + " has no TLS, the revision before it had" + caller);
            }
            return Optional.of(
                    before.tls().isEmpty()
                            ? after.revision() + " switched TLS on" + caller
                            : after.revision() + " names another private CA than the revision before it");
        }
        return Optional.empty();
    }
}
