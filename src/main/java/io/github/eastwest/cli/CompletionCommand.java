package io.github.eastwest.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code eastwest completion}: the completion script for bash and zsh. */
@Command(
        name = "completion",
        addMethodSubcommands = false,
        header = {
            "Prints the completion script for bash and zsh.",
            "",
            "Examples:",
            "  source <(eastwest completion)",
            "  eastwest completion > ~/.local/share/bash-completion/completions/eastwest",
            ""
        })
final class CompletionCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine root =
                Objects.requireNonNull(spec, "picocli sets it").root().commandLine();
        PrintWriter out = new PrintWriter(new OutputStreamWriter(console.out(), StandardCharsets.UTF_8));
        out.print(AutoComplete.bash("eastwest", root).replace("\r\n", "\n"));
        out.flush();
        return ExitCode.OK;
    }
}
