package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Caller and callee in two accounts and clusters, in a namespace that the callee's account shares: each account is asked for
 * what lies there, and the diagnosis is that of the same incident in one account.
 */
class TwoAccountsTest {
    private static final Incident INCIDENT = Incident.sample("checkout-payments");
    private static final String OWN = INCIDENT.bundle().account();
    private static final String OTHER = "999988887777";
    private static final String ROLE = "arn:aws:iam::" + OTHER + ":role/reader";

    /** What is asked of one account only: the caller's about calls, the callee's about endpoints. */
    private static final Set<String> OF_BOTH = Set.of(
            "DescribeServices",
            "DescribeClusters",
            "ListTasks",
            "DescribeTasks",
            "ListServiceDeployments",
            "DescribeServiceDeployments",
            "DescribeServiceRevisions",
            "DescribeTaskDefinition",
            "ListMetrics",
            "GetMetricData",
            "DescribeAlarms",
            "DescribeLogGroups",
            "FilterLogEvents",
            "DescribeNetworkInterfaces");

    @TempDir
    private Path folder;

    /** The account of one side: what the sample has of its service, and the namespace of the other account. */
    private static ServedBundle account(String service, String cluster, String number) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        INCIDENT.bundle().files().forEach((path, bytes) -> {
            if (path.startsWith("logs/lines/")) {
                if (path.contains("/" + service + "_")) {
                    files.put(path, bytes);
                }
            } else if (path.endsWith(".json")) {
                files.put(path, json(path, service, cluster, number));
            }
        });
        return ServedBundle.of(files);
    }

    private static byte[] json(String path, String service, String cluster, String number) {
        String text = new String(INCIDENT.bundle().files().get(path), StandardCharsets.UTF_8)
                .replace(OWN, path.startsWith("servicediscovery/") ? OTHER : number)
                .replace("servicediscovery:eu-west-1:" + number, "servicediscovery:eu-west-1:" + OTHER)
                .replaceAll("\"namespace\": ?\"prod.local\"", "\"namespace\":\"" + namespace() + "\"")
                .replaceAll("(cluster|task)/prod\\b", "$1/" + cluster)
                .replaceAll(
                        "(service|service-deployment|service-revision)/prod/" + service,
                        "$1/" + cluster + "/" + service)
                .replaceAll(
                        "(\"clusterName\"|\"Name\": ?\"ClusterName\",\\s*\"Value\"): ?\"prod\"",
                        "$1:\"" + cluster + "\"")
                .replace("ClusterName=prod", "ClusterName=" + cluster)
                .replaceAll("\"cluster\": ?\"prod\"", "\"cluster\":\"" + cluster + "\"");
        if (path.equals("ecs/list-services-by-namespace.json")) {
            text = "{\"serviceArns\":[\"arn:aws:ecs:eu-west-1:" + OWN + ":service/prod/checkout\","
                    + "\"arn:aws:ecs:eu-west-1:" + OTHER + ":service/core/payments\"]}";
        }
        Map<String, Object> document = new LinkedHashMap<>(Documents.read(text.getBytes(StandardCharsets.UTF_8)));
        document.replaceAll((member, value) -> value instanceof List<?> list
                ? list.stream()
                        .filter(element -> BELONGS.test(element.toString(), service))
                        .toList()
                : value);
        return Documents.JSON.writeValueAsBytes(document);
    }

    /** Whether an element is a thing of that service: by its own name or ARN, not by what it mentions. */
    private static final BiPredicate<String, String> BELONGS = (element, service) -> {
        String other = service.equals("checkout") ? "payments" : "checkout";
        return !element.contains("serviceName=" + other)
                && !element.contains("group=service:" + other)
                && !element.matches("(?s).*serviceArn=[^,}]*/" + other + "\\b.*")
                && !element.contains("ServiceName=" + other)
                && !element.contains("Name=ServiceName, Value=" + other);
    };

    private static String namespace() {
        return Documents.text(
                        INCIDENT.bundle()
                                .items("servicediscovery/list-namespaces", "Namespaces")
                                .get(0),
                        "Arn")
                .replace(OWN, OTHER);
    }

    private static AwsEndpoint serve() {
        return AwsEndpoint.serving(
                List.of(account("checkout", "prod", OWN), account("payments", "core", OTHER)), Settings.DEFAULT);
    }

    private static CommandLineRun run(Map<String, String> environment, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "diagnose",
                "checkout",
                "payments",
                "--cluster",
                "prod",
                "--callee-cluster",
                "core",
                "--from",
                INCIDENT.bundle().from().toString(),
                "--to",
                INCIDENT.bundle().to().toString()));
        arguments.addAll(List.of(options));
        return LiveCommand.run(environment, INCIDENT.bundle().collectedAt(), arguments.toArray(String[]::new));
    }

    @Test
    void aRoleReadsTheCalleesAccount() throws IOException {
        Path saved = folder.resolve("bundle");
        try (AwsEndpoint endpoint = serve()) {
            CommandLineRun run = run(endpoint.environment(0), "--callee-role-arn", ROLE, "--save", saved.toString());

            assertThat(run.err()).doesNotContain("error");
            assertThat(run.exit()).isEqualTo(3);
            eachAccountIsAskedForItsOwn(endpoint);
        }
        theDiagnosisIsTheSame(saved);
    }

    @Test
    void aProfileReadsTheCalleesAccount() throws IOException {
        Path saved = folder.resolve("bundle");
        try (AwsEndpoint endpoint = serve()) {
            Map<String, String> other = endpoint.environment(1);
            Path credentials = Files.writeString(
                    folder.resolve("credentials"),
                    "[other]\naws_access_key_id = " + other.get("AWS_ACCESS_KEY_ID") + "\naws_secret_access_key = "
                            + other.get("AWS_SECRET_ACCESS_KEY") + "\n");
            Map<String, String> environment = new HashMap<>(endpoint.environment(0));
            environment.put("AWS_SHARED_CREDENTIALS_FILE", credentials.toString());

            CommandLineRun run = run(environment, "--callee-profile", "other", "--save", saved.toString());

            assertThat(run.exit()).isEqualTo(3);
            eachAccountIsAskedForItsOwn(endpoint);
        }
        theDiagnosisIsTheSame(saved);
    }

    private static void eachAccountIsAskedForItsOwn(AwsEndpoint endpoint) {
        String own = endpoint.environment(0).get("AWS_ACCESS_KEY_ID");
        List<RecordedRequest> requests = endpoint.requests().stream()
                .filter(r -> !r.service().equals("sts"))
                .toList();
        assertThat(requests).filteredOn(r -> r.status() != 200).isEmpty();
        OF_BOTH.forEach(operation -> assertThat(requests.stream()
                        .filter(r -> r.operation().equals(operation))
                        .map(r -> r.accessKey().equals(own))
                        .collect(Collectors.toSet()))
                .as(operation)
                .containsExactlyInAnyOrder(true, false));
        assertThat(requests.stream().filter(r -> r.operation().equals("ListServicesByNamespace")))
                .hasSize(1);
        requests.stream()
                .filter(r -> r.operation().equals("DescribeServices"))
                .forEach(r -> assertThat(r.parameters().get("services"))
                        .isEqualTo(List.of(r.accessKey().equals(own) ? "checkout" : "payments")));
    }

    private static void theDiagnosisIsTheSame(Path saved) throws IOException {
        ServedBundle bundle = ServedBundle.read(saved);
        Diagnosis two = INCIDENT.diagnose(bundle.files());
        Diagnosis one = INCIDENT.diagnose();

        assertThat(bundle.edge("cluster")).isEqualTo("prod");
        assertThat(bundle.edge("calleeCluster")).isEqualTo("core");
        assertThat(two.edge().calleeCluster()).contains("core");
        assertThat(two.edge().namespace()).isEqualTo(one.edge().namespace());
        assertThat(two.outcome()).isEqualTo(one.outcome());
        assertThat(two.traffic()).isEqualTo(one.traffic());
        assertThat(verdicts(two)).isEqualTo(verdicts(one));
        assertThat(two.causes().undetermined()).isEqualTo(one.causes().undetermined());
        assertThat(two.causes().ruledOut().stream().map(r -> r.cause()).toList())
                .isEqualTo(one.causes().ruledOut().stream().map(r -> r.cause()).toList());
    }

    private static List<String> verdicts(Diagnosis diagnosis) {
        return diagnosis.causes().findings().stream()
                .map(f -> f.cause() + " " + f.assessment())
                .toList();
    }
}
