package io.github.eastwest.render.html;

import io.github.eastwest.model.EastwestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The templates of pages: those in the jar, and in place of some of them those of a directory, by the same names.
 *
 * <p>All files of the directory are read when it is opened and none afterwards. A template is asked for by its name below
 * {@code templates/}, so there is no way from a template to any other file.
 */
public final class Templates {
    private static final String BUILT_IN = "/templates/";
    private static final Pattern NAME = Pattern.compile("([a-z][a-z0-9-]*/)?[a-z][a-z0-9-]*\\.(html|css|js)");
    private static final Pattern KIND = Pattern.compile(".*\\.(html|css|js)", Pattern.CASE_INSENSITIVE);

    /** Ways to print a text without escaping it. A page shows log lines of strangers: there is no use for them. */
    private static final Pattern UNESCAPED = Pattern.compile("(?i)th[:-]utext|\\[\\(");

    private static final int MAX_FILES = 500;
    private static final long MAX_BYTES = 1_000_000;

    private final Map<String, String> own;

    private Templates(Map<String, String> own) {
        this.own = own;
    }

    /** Those in the jar. */
    public static Templates builtIn() {
        return new Templates(Map.of());
    }

    /**
     * Those of a directory; one that it does not have is taken from the jar.
     *
     * @throws EastwestException if the directory cannot be read, or holds a template that has no counterpart in the jar or
     *     prints text unescaped
     */
    public static Templates in(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw usage("there is no directory " + directory, "Name one that holds templates, see 'templates/'.");
        }
        Map<String, String> own = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(directory, 2)) {
            for (Path file : tree.limit(MAX_FILES + 1L).sorted().toList()) {
                String name = directory.relativize(file).toString().replace('\\', '/');
                if (KIND.matcher(name).matches() && !Files.isDirectory(file)) {
                    own.put(name, read(file, name));
                }
            }
        } catch (IOException e) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE, "cannot read the templates in " + directory, "", e);
        }
        if (own.isEmpty()) {
            throw usage(
                    "there is no template in " + directory,
                    "Templates end with .html, .css or .js and are named as those in 'templates/'.");
        }
        return new Templates(own);
    }

    private static String read(Path file, String name) throws IOException {
        if (!NAME.matcher(name).matches() || resource(name).isEmpty()) {
            throw usage(
                    "the template " + name + " is none of ours, so nothing would use it",
                    "Name it as the one in 'templates/' that it is to replace.");
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_BYTES) {
            throw usage(
                    "the template " + name + " is no file of at most " + MAX_BYTES + " bytes",
                    "Links are not followed.");
        }
        String text;
        try {
            text = Files.readString(file).replace("\r\n", "\n");
        } catch (CharacterCodingException e) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE, "the template " + name + " is not UTF-8", "Save it as UTF-8.", e);
        }
        if (name.endsWith(".html") && UNESCAPED.matcher(text).find()) {
            throw usage(
                    "the template " + name + " prints text unescaped (th:utext or [(\u2026)])",
                    "Use th:text: a report shows log lines, and strangers write those.");
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (name.endsWith(".css") && lower.contains("</style") || name.endsWith(".js") && lower.contains("</script")) {
            throw usage("the template " + name + " ends its own element", "Take the closing tag out.");
        }
        return text;
    }

    /** Whether all of them are those in the jar. */
    boolean areBuiltIn() {
        return own.isEmpty();
    }

    /** The text of a template by its file name below {@code templates/}; empty when there is none. */
    Optional<String> text(String file) {
        return NAME.matcher(file).matches()
                ? Optional.ofNullable(own.get(file)).or(() -> resource(file))
                : Optional.empty();
    }

    private static Optional<String> resource(String file) {
        try (InputStream in = Templates.class.getResourceAsStream(BUILT_IN + file)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n"));
        } catch (IOException e) {
            throw new IllegalStateException("the template " + file + " cannot be read from the jar", e);
        }
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
