package io.github.eastwest.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code eastwest completion}: the completion script for bash and zsh. */
@Command(
        name = "completion",
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
    private Main.CommonOptions common;

    @Spec
    private CommandSpec spec;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        PrintWriter out = new PrintWriter(new OutputStreamWriter(console.out(), StandardCharsets.UTF_8));
        out.print(AutoComplete.bash("eastwest", spec.root().commandLine()).replace("\r\n", "\n"));
        out.flush();
        return ExitCode.OK;
    }
}
