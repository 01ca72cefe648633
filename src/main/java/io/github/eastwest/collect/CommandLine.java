package io.github.eastwest.collect;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Calls as AWS CLI command lines. */
final class CommandLine {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@,+-]+");

    private CommandLine() {}

    /** The command line that makes the same call with the side's credentials. */
    static String of(Call call) {
        StringBuilder line = new StringBuilder("aws ")
                .append(call.operation().service())
                .append(' ')
                .append(call.operation().command());
        if (!call.region().isEmpty()) {
            line.append(" --region ").append(word(call.region()));
        }
        call.parameters()
                .forEach((name, value) ->
                        line.append(" --").append(option(name)).append(' ').append(words(value)));
        return line.toString();
    }

    private static String option(String member) {
        return member.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private static String words(Object value) {
        if (value instanceof List<?> list && list.stream().noneMatch(item -> item instanceof Map<?, ?>)) {
            return String.join(
                    " ", list.stream().map(item -> word(String.valueOf(item))).toList());
        }
        return word(value instanceof List<?> || value instanceof Map<?, ?> ? OneLineJson.of(value) : text(value));
    }

    private static String text(Object value) {
        return value instanceof Instant at ? at.toString() : String.valueOf(value);
    }

    private static String word(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
