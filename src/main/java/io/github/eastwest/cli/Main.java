package io.github.eastwest.cli;

import io.github.eastwest.model.EastwestException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The entry point: one command line in, one exit code out. */
public final class Main {
    private static final String COMPLETION = "completion";
    /** The commands in the order of the help. */
    private static final List<String> NAMES = List.of(
            "diagnose",
            "collect",
            "health",
            "logs",
            "incident",
            "alarms",
            "explain",
            "rules",
            "queries",
            "iam-policy",
            COMPLETION);

    private Main() {}

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("--version")) {
            // What scripts ask first, and often: it needs no command line to be built.
            System.out.println(Version.line());
            return;
        }
        // A terminal on either stream cannot be told apart in Java: System.console() is non-null on 17 only when both
        // standard input and output are terminals. The launcher knows and says so.
        boolean outIsTerminal = "1".equals(System.getenv("EASTWEST_STDOUT_TTY"));
        boolean errIsTerminal = "1".equals(System.getenv("EASTWEST_STDERR_TTY"));
        PrintWriter err = new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
        Console console = new Console(
                System.in, System.out, err, System.getenv(), new Console.Terminal(outIsTerminal, errIsTerminal));
        int exit = run(args, console);
        System.out.flush();
        System.exit(exit);
    }

    /**
     * Runs one command line.
     *
     * @return the exit code, see {@link ExitCode}
     */
    public static int run(String[] args, Console console) {
        CommandLine commandLine = new CommandLine(new Root(), new Plain());
        // Reading a command's annotations takes longer than most commands run: only the one that is named is built, and
        // all where
        // one has to be suggested or completed.
        boolean one = args.length > 0 && NAMES.contains(args[0]) && !args[0].equals(COMPLETION);
        for (String name : one ? List.of(args[0]) : NAMES) {
            commandLine.addSubcommand(new CommandLine(command(name, console), new Plain()));
        }
        PrintWriter out = new PrintWriter(new OutputStreamWriter(console.out(), StandardCharsets.UTF_8), true);
        commandLine.getCommandSpec().versionProvider(new Version());
        commandLine
                .setOut(out)
                .setErr(console.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new Faults(console))
                .setParameterExceptionHandler(new Faults(console));
        int exit = commandLine.execute(args);
        out.flush();
        return exit;
    }

    private static Object command(String name, Console console) {
        return switch (name) {
            case "diagnose" -> new DiagnoseCommand(console);
            case "collect" -> new CollectCommand(console);
            case "health" -> new HealthCommand(console);
            case "logs" -> new LogsCommand(console);
            case "incident" -> new IncidentCommand(console);
            case "alarms" -> new AlarmsCommand(console);
            case "explain" -> new ExplainCommand(console);
            case "rules" -> new RulesCommand(console);
            case "queries" -> new QueriesCommand(console);
            case "iam-policy" -> new IamPolicyCommand(console);
            case COMPLETION -> new CompletionCommand(console);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /**
     * Tells faults.
     *
     * <p>A class in place of two lambdas: picocli's interfaces are of the oldest class format, and an archive of classes takes
     * neither such an interface nor what is made of it once a lambda has linked it.
     */
    private static final class Faults
            implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
        private final Console console;

        Faults(Console console) {
            this.console = console;
        }

        @Override
        public int handleExecutionException(Exception fault, CommandLine command, CommandLine.ParseResult parsed) {
            CommandLine.ParseResult last = parsed;
            while (last.hasSubcommand()) {
                last = last.subcommand();
            }
            if (fault instanceof InterruptedException) {
                return ExitCode.INTERRUPTED;
            }
            boolean stackTrace = last.hasMatchedOption("--stacktrace");
            PrintWriter err = console.err();
            int exit;
            if (fault instanceof EastwestException known) {
                err.println("eastwest: " + known.getMessage());
                if (!known.hint().isEmpty()) {
                    err.println("  " + known.hint());
                }
                exit = switch (known.kind()) {
                    case USAGE -> ExitCode.USAGE;
                    case NO_ACCESS -> ExitCode.NO_ACCESS;
                    case INTERNAL -> ExitCode.INTERNAL;
                };
            } else {
                err.println("eastwest: internal fault: " + fault);
                if (!stackTrace) {
                    err.println("  Please report it with the output of the same command and --stacktrace.");
                }
                exit = ExitCode.INTERNAL;
            }
            if (stackTrace) {
                fault.printStackTrace(err);
            }
            err.flush();
            return exit;
        }

        @Override
        public int handleParseException(CommandLine.ParameterException fault, String[] rejected) {
            PrintWriter err = console.err();
            err.println("eastwest: " + fault.getMessage());
            CommandLine.UnmatchedArgumentException.printSuggestions(fault, err);
            CommandLine command = fault.getCommandLine();
            String name = command.getParent() == null ? "" : command.getCommandName() + " ";
            err.println("Try 'eastwest " + name + "--help'.");
            return ExitCode.USAGE;
        }
    }

    /** Makes what annotations name. Picocli's own factory looks for Groovy first, for which the jar's long directory is read. */
    private static final class Plain implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return type.isInterface()
                    ? CommandLine.defaultFactory().create(type)
                    : type.getDeclaredConstructor().newInstance();
        }
    }

    /** Options that every command has. */
    static final class CommonOptions {
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;

        @Option(names = "--stacktrace", description = "Show the stack trace of a fault.")
        boolean stackTrace;
    }

    @Command(
            name = "eastwest",
            addMethodSubcommands = false,
            description = "Tells why one ECS service cannot reliably call another: the failing hop, the root cause,"
                    + " the proof and the fix.",
            synopsisSubcommandLabel = "COMMAND",
            mixinStandardHelpOptions = false)
    static final class Root implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.@Nullable CommandSpec spec;

        @Mixin
        final CommonOptions common = new CommonOptions();

        @Option(names = "--version", versionHelp = true, description = "Show the version.")
        boolean version;

        @Override
        public void run() {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(spec, "picocli sets it").commandLine(), "name a command");
        }
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        /** {@code 0.1.0}; {@code dev} outside a jar. */
        static String number() {
            String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "dev" : version;
        }

        /** What {@code --version} prints. */
        static String line() {
            return "eastwest " + number();
        }

        @Override
        public String[] getVersion() {
            return new String[] {line()};
        }
    }
}
