package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.AwsCli;
import io.github.eastwest.model.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    @Test
    void writesListsAsWordsAndStructuresAsJson() {
        Call call = Call.of(
                Operation.DESCRIBE_SUBNETS,
                Side.CALLER,
                OrderedMap.of("Filters", List.of(OrderedMap.of("Name", "subnet-id", "Values", List.of("subnet-1")))));
        assertThat(CommandLine.of(call))
                .isEqualTo("aws ec2 describe-subnets --filters "
                        + "'[{\"Name\":\"subnet-id\",\"Values\":[\"subnet-1\"]}]'");
        assertThat(CommandLine.of(Call.of(
                        Operation.DESCRIBE_SERVICES,
                        Side.CALLER,
                        OrderedMap.of("cluster", "prod", "services", List.of("a", "b")))))
                .isEqualTo("aws ecs describe-services --cluster prod --services a b");
    }

    @Test
    void namesTheRegionWhereItIsNotTheSidesOwn() {
        Call call = new Call(
                Operation.GET_QUERY_RESULTS, Side.CALLER, "eu-west-3", OrderedMap.of("queryId", "q"), Call.ALL);
        assertThat(CommandLine.of(call)).isEqualTo("aws logs get-query-results --region eu-west-3 --query-id q");
    }

    @Test
    void quotesWhatAShellWouldRead() {
        Call call = Call.of(
                Operation.DESCRIBE_LOG_GROUPS, Side.CALLER, OrderedMap.of("logGroupNamePrefix", "/x'; rm -rf $HOME"));
        assertThat(CommandLine.of(call))
                .isEqualTo("aws logs describe-log-groups --log-group-name-prefix '/x'\\''; rm -rf $HOME'");
    }

    @Test
    void writesTimesInIso() {
        Call call = Call.of(
                Operation.GET_METRIC_DATA,
                Side.CALLER,
                OrderedMap.of("StartTime", Instant.parse("2026-11-21T12:00:00Z")));
        assertThat(CommandLine.of(call)).isEqualTo("aws cloudwatch get-metric-data --start-time 2026-11-21T12:00:00Z");
    }

    /** One command per operation that a run calls. */
    @Test
    void theAwsCliUnderstandsEveryCommand(@TempDir Path folder) throws IOException, InterruptedException {
        Map<Operation, String> commands = new LinkedHashMap<>();
        ScriptedAws queries = new ScriptedAws(new BundleAws(Requests.CHECKOUT)).logs("INFREQUENT_ACCESS", 1);
        for (Aws aws : List.of(new BundleAws(Requests.CHECKOUT), queries)) {
            Requests.checkout()
                    .clusters(Optional.empty(), Optional.empty())
                    .collect(aws)
                    .calls()
                    .forEach(call -> commands.putIfAbsent(call.operation(), call.command()));
        }
        assertThat(commands).hasSizeGreaterThan(22);

        assertThat(AwsCli.rejected(commands.values(), folder)).isEmpty();
    }
}
