package io.github.eastwest.cli;

import io.github.eastwest.collect.IamPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code eastwest iam-policy}: the permissions that live runs need. */
@Command(
        name = "iam-policy",
        addMethodSubcommands = false,
        header = {
            "Prints the IAM policy that collecting needs: reads, and nothing else; with sinks, what these need.",
            "",
            "Examples:",
            "  eastwest iam-policy",
            "  eastwest iam-policy -o json=policy.json",
            "  eastwest iam-policy --publish s3://my-reports/eastwest --notify sns:arn:aws:sns:eu-west-1:123456789012:ops",
            "  aws iam create-policy --policy-name eastwest --policy-document file://policy.json",
            ""
        },
        description = {
            "",
            "Works offline. Where a permission is missing the rest is read all the same: the report names the action and"
                    + " the statement to add."
        })
final class IamPolicyCommand implements Callable<Integer> {
    private static final List<String> FORMATS = List.of("json");

    private final Console console;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description = "json (default); - is standard output.")
    private List<String> outputs = List.of();

    @Mixin
    private final SinkOptions sinks = new SinkOptions();

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    IamPolicyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        List<IamPolicy.Statement> more = sinks.grants().stream()
                .map(grant -> new IamPolicy.Statement(grant.sid(), grant.action(), grant.resource()))
                .toList();
        Outputs.parse(outputs, FORMATS)
                .write(console, (target, out) -> out.write(IamPolicy.json(more).getBytes(StandardCharsets.UTF_8)));
        return ExitCode.OK;
    }
}
