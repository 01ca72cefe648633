package io.github.eastwest.render.markdown;

import io.github.eastwest.render.Foreign;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes foreign text harmless in GitHub-flavoured Markdown, where it may stand in a paragraph, a list or a table cell. */
final class Markdown {
    private static final Pattern BACKTICKS = Pattern.compile("`+");
    private static final Pattern BARE_LINK = Pattern.compile("(?i)\\b(https?|ftp|mailto|xmpp):|\\bwww\\.");
    private static final Pattern REFERENCE = Pattern.compile("([@#])(?=\\w)|(?i:\\bGH-)(?=\\d)");
    private static final Pattern LIST_MARKER = Pattern.compile("^(?:([-+=#])|(\\d{1,9})([.)]))");

    private Markdown() {}

    /** Prose on one line that Markdown shows as it is: no markup, HTML, formula, link, mention or issue reference. */
    static String prose(String text, int max) {
        String clean = Foreign.clean(text, max).strip();
        StringBuilder escaped = new StringBuilder(clean.length() + 16);
        for (int i = 0; i < clean.length(); i++) {
            char c = clean.charAt(i);
            switch (c) {
                case '\\', '`', '*', '[', ']', '|', '~', '$' ->
                    escaped.append('\\').append(c);
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '_' -> escaped.append(isInsideWord(clean, i) ? "_" : "\\_");
                default -> escaped.append(c);
            }
        }
        String unlinked = BARE_LINK
                .matcher(escaped)
                .replaceAll(match -> Matcher.quoteReplacement(
                        match.group().replace(":", "&#58;").replace(".", "&#46;")));
        // GitHub looks for references in the rendered text, where escapes are gone; a comment cuts that text in two.
        String unreferenced = REFERENCE
                .matcher(unlinked)
                .replaceAll(match -> match.start() > 0 && unlinked.charAt(match.start() - 1) == '&'
                        ? Matcher.quoteReplacement(match.group())
                        : Matcher.quoteReplacement(match.group() + "<!-- -->"));
        return LIST_MARKER
                .matcher(unreferenced)
                .replaceFirst(match -> Matcher.quoteReplacement(
                        match.group(1) != null ? "\\" + match.group(1) : match.group(2) + "\\" + match.group(3)));
    }

    /** A name as code; usable in a table cell. */
    static String code(String text, int max) {
        String clean = Foreign.clean(text, max).strip();
        if (clean.isEmpty()) {
            return "";
        }
        String fence = "`".repeat(longestRun(clean) + 1);
        String pad = clean.startsWith("`") || clean.endsWith("`") ? " " : "";
        return fence + pad + clean.replace("|", "\\|") + pad + fence;
    }

    /** A fenced block of shell. */
    static String block(String command) {
        String clean = Foreign.command(command);
        String fence = "`".repeat(Math.max(3, longestRun(clean) + 1));
        return fence + "sh\n" + clean + "\n" + fence + "\n";
    }

    private static int longestRun(String text) {
        return BACKTICKS
                .matcher(text)
                .results()
                .mapToInt(run -> run.group().length())
                .max()
                .orElse(0);
    }

    private static boolean isInsideWord(String text, int i) {
        return i > 0
                && i + 1 < text.length()
                && isWordCharacter(text.charAt(i - 1))
                && isWordCharacter(text.charAt(i + 1));
    }

    private static boolean isWordCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
