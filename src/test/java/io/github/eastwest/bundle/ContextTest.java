package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.accesslog.EdgeContext;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.metric.Metrics;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What tells the edge's log lines from others, as the configuration says it. */
class ContextTest {
    private static final TimeWindow WINDOW =
            new TimeWindow(Instant.parse("2026-11-21T04:15:00Z"), Instant.parse("2026-11-21T04:18:00Z"));

    @Test
    void knowsAliasesAddressesAndPorts() {
        EdgeContext context = context(BundleFiles.small());
        assertThat(context.authorities())
                .containsExactlyInAnyOrder("address-check", "address-check:8080", "address-check.logistics.internal");
        assertThat(context.callerAddresses()).containsExactly("10.56.2.170");
        // Two tasks, one of them stopped, and an instance that Cloud Map knows besides.
        assertThat(context.calleeAddresses()).containsExactlyInAnyOrder("10.56.0.234", "10.56.3.220", "10.56.4.34");
        assertThat(context.calleePorts()).containsExactly(8080);
        assertThat(context.requestTimeoutMillis()).as("the default of 15 s").hasValue(15_000);
    }

    @Test
    void knowsTheAliasesOfOldDeployments() {
        EdgeContext context = context(BundleFiles.small()
                .replace(
                        "ecs/describe-service-revisions.json",
                        "\"dnsName\": \"address-check\"",
                        "\"dnsName\": \"Addr\""));
        assertThat(context.authorities()).contains("addr", "addr:8080", "address-check:8080");
    }

    @Test
    void takesTheDefaultNameOfAnEndpointWithoutAlias() {
        EdgeContext context = context(BundleFiles.small()
                .without("ecs/describe-service-revisions")
                .replace("ecs/describe-services.json", "clientAliases", "x"));
        assertThat(context.authorities())
                .containsExactlyInAnyOrder("address-check.logistics.internal", "address-check.logistics.internal:8080");
    }

    @Test
    void knowsNoTimeoutWhereItIsOffOrTheProtocolIsTcp() {
        String portName = "\"portName\": \"http\",";
        assertThat(context(BundleFiles.small()
                                .replace(
                                        "ecs/describe-services.json",
                                        portName,
                                        portName + "\"timeout\": {\"perRequestTimeoutSeconds\": 0},"))
                        .requestTimeoutMillis())
                .hasValue(EdgeContext.NEVER);
        assertThat(context(BundleFiles.small()
                                .replace(
                                        "ecs/describe-services.json",
                                        portName,
                                        portName + "\"timeout\": {\"perRequestTimeoutSeconds\": 3},"))
                        .requestTimeoutMillis())
                .hasValue(3_000);
        assertThat(context(BundleFiles.small()
                                .replace("ecs/describe-task-definition/address-check_44.json", "appProtocol", "x"))
                        .requestTimeoutMillis())
                .isEmpty();
    }

    private static EdgeContext context(BundleFiles files) {
        Answers answers = new Answers(files.bundle(), new Ledger());
        EcsAnswers.Services services = EcsAnswers.Services.read(answers);
        EdgeNames names =
                EdgeNames.of(Request.edge("label-printer", "address-check"), Manifest.Names.NONE, services.services());
        EcsAnswers ecs = EcsAnswers.read(answers, services, names::belongs);
        return new EdgeFacts(names, ecs, List.of()).context(WINDOW, new Metrics(List.of(), List.of()));
    }
}
