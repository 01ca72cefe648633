package io.github.eastwest.cli;

import io.github.eastwest.model.EastwestException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The {@code -o FORMAT[=FILE]} options of a command: several outputs in one run, at most one of them to standard output.
 *
 * @param targets in the order given
 */
record Outputs(List<Target> targets) {
    Outputs {
        targets = List.copyOf(targets);
    }

    /** One output; {@code file} is {@code -} for standard output. */
    record Target(String format, String file) {
        boolean standardOutput() {
            return file.equals("-");
        }
    }

    /** Writes a result. */
    interface Writer {
        void write(Target target, OutputStream out) throws IOException;
    }

    /**
     * Parses the options.
     *
     * @param options what was given, possibly nothing
     * @param formats what the command can write; the first is the default
     * @throws EastwestException of kind USAGE if one cannot be written, as far as that can be told before there is a result
     */
    static Outputs parse(List<String> options, List<String> formats) {
        List<Target> targets = new ArrayList<>();
        for (String option : options.isEmpty() ? List.of(formats.get(0)) : options) {
            int equals = option.indexOf('=');
            String format = equals < 0 ? option : option.substring(0, equals);
            String file = equals < 0 ? "-" : option.substring(equals + 1);
            if (!formats.contains(format)) {
                throw usage("unknown output format '" + format + "'", "Formats: " + String.join(", ", formats) + ".");
            }
            if (file.isEmpty()) {
                throw usage("-o " + format + "= names no file", "Write -o " + format + "=FILE, or -o " + format + ".");
            }
            targets.add(new Target(format, file));
        }
        if (targets.stream().filter(Target::standardOutput).count() > 1) {
            throw usage("only one output can go to standard output", "Give the others a file: -o FORMAT=FILE.");
        }
        Set<Path> files = new HashSet<>();
        for (Target target : targets) {
            if (!target.standardOutput()) {
                Path file = Path.of(target.file()).toAbsolutePath().normalize();
                if (file.getParent() == null || !Files.isDirectory(file.getParent())) {
                    throw usage("cannot write " + target.file() + ": its directory does not exist", "Create it first.");
                }
                if (Files.isDirectory(file)) {
                    throw usage("cannot write " + target.file() + ": it is a directory", "Name a file.");
                }
                if (!files.add(file)) {
                    throw usage("two outputs cannot go to one file, " + target.file(), "Give each a file of its own.");
                }
            }
        }
        return new Outputs(targets);
    }

    /** Writes every target; a file appears whole or not at all. */
    void write(Console console, Writer writer) throws IOException {
        for (Target target : targets) {
            if (target.standardOutput()) {
                OutputStream out = new BufferedOutputStream(console.out());
                writer.write(target, out);
                out.flush();
            } else {
                writeFile(target, writer);
            }
        }
    }

    private static void writeFile(Target target, Writer writer) throws IOException {
        Path named = Path.of(target.file()).toAbsolutePath();
        // A link stays one: what it leads to is replaced.
        Path file = Files.exists(named) ? named.toRealPath() : named;
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // A pipe or a device such as /dev/null takes what is written; moving a file to its place would remove it.
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.WRITE))) {
                writer.write(target, out);
            }
            return;
        }
        // Not createTempFile: the report gets the permissions of any new file of the user.
        Path partial = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial))) {
                writer.write(target, out);
            }
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
