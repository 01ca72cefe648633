package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which lines are summed up and written. All lines are read and learned from all the same, so that a line means the same with and
 * without a filter; access lines that are left out are counted.
 *
 * <p>A time without a value is in no window: lines without a time are left out as soon as one is asked for. Terms speak about access
 * lines only.
 */
public final class LineFilter {
    /** Leaves nothing out. */
    public static final LineFilter ALL = new LineFilter(Long.MIN_VALUE, Long.MAX_VALUE, List.of());

    private final long since;
    private final long until;
    private final List<Term> terms;

    /**
     * A filter.
     *
     * @param since first start, milliseconds since the epoch; {@link Long#MIN_VALUE} for any
     * @param until first start no longer in it; {@link Long#MAX_VALUE} for any
     * @param terms all of them must hold
     */
    public LineFilter(long since, long until, List<Term> terms) {
        this.since = since;
        this.until = until;
        this.terms = List.copyOf(terms);
    }

    /** Whether nothing is left out. */
    public boolean isAll() {
        return !hasWindow() && terms.isEmpty();
    }

    /** The filter in words, one for each thing that it asks for. */
    public List<String> asked() {
        List<String> asked = new ArrayList<>();
        if (since != Long.MIN_VALUE) {
            asked.add("since " + LineJson.isoMillis(since));
        }
        if (until != Long.MAX_VALUE) {
            asked.add("until " + LineJson.isoMillis(until));
        }
        terms.forEach(term -> asked.add(term.text));
        return asked;
    }

    private boolean hasWindow() {
        return since != Long.MIN_VALUE || until != Long.MAX_VALUE;
    }

    /** Whether terms look at texts that a glance does not read. */
    boolean readsTexts() {
        return terms.stream().anyMatch(term -> term.subject.field >= 0 && term.subject != Subject.HOST);
    }

    /** Whether it accepts what is no access line, by its time. */
    boolean acceptsOther(long millis) {
        return !hasWindow() || inWindow(millis);
    }

    /** Whether what is no access line is written where lines are written: terms ask for access lines. */
    boolean writesOther(long millis) {
        return terms.isEmpty() && acceptsOther(millis);
    }

    private boolean inWindow(long millis) {
        return millis >= 0 && millis >= since && millis < until;
    }

    /** Whether it accepts an access line, as far as that can be told without its condition. */
    boolean accepts(ScannedLine line) {
        if (hasWindow() && !inWindow(line.startMillis)) {
            return false;
        }
        for (Term term : terms) {
            if (!term.accepts(line)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it accepts access lines of that condition. */
    boolean accepts(Condition condition) {
        for (Term term : terms) {
            if (!term.accepts(condition)) {
                return false;
            }
        }
        return true;
    }

    /** What a term looks at. */
    private enum Subject {
        CONDITION(Fields.UNKNOWN),
        STATUS(Fields.UNKNOWN),
        HOST(Fields.HOST),
        PATH(Fields.PATH),
        METHOD(Fields.METHOD),
        AUTHORITY(Fields.AUTHORITY);

        private final int field;

        Subject(int field) {
            this.field = field;
        }

        private String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Subject> of(String name) {
            return Arrays.stream(values())
                    .filter(subject -> subject.id().equals(name))
                    .findFirst();
        }
    }

    /** One thing that an access line must have, or must not have: any of some values. */
    public static final class Term {
        private static final String FAILED = "failed";
        private static final String ABSENT = "-";
        private static final int STATUSES = 1000;

        private final Subject subject;
        private final boolean negated;
        private final String text;
        private final Set<Condition> conditions = EnumSet.noneOf(Condition.class);
        /** Statuses by value plus one: connections have -1. */
        private final BitSet statuses = new BitSet(STATUSES + 1);

        private final List<byte[]> globs = new ArrayList<>();
        private boolean absent;

        private Term(Subject subject, boolean negated, List<String> values) {
            this.subject = subject;
            this.negated = negated;
            this.text = subject.id() + (negated ? "!=" : "=") + String.join(",", values);
            values.forEach(this::add);
        }

        /**
         * Reads terms: {@code status=5xx,504,host!=10.0.0.*,-}. A comma begins another value of the same term, or another term where a
         * field's name and {@code =} or {@code !=} follow.
         *
         * @throws IllegalArgumentException if it is none; its message says why
         */
        public static List<Term> parse(String text) {
            List<Term> terms = new ArrayList<>();
            List<String> values = new ArrayList<>();
            Subject subject = null;
            boolean negated = false;
            for (String part : text.split(",", -1)) {
                int equals = part.indexOf('=');
                boolean not = equals > 0 && part.charAt(equals - 1) == '!';
                String name = equals < 0 ? "" : part.substring(0, not ? equals - 1 : equals);
                Optional<Subject> named = Subject.of(name.toLowerCase(Locale.ROOT));
                if (named.isPresent()) {
                    if (subject != null) {
                        terms.add(new Term(subject, negated, values));
                    }
                    subject = named.get();
                    negated = not;
                    values = new ArrayList<>();
                    values.add(part.substring(equals + 1));
                } else if (subject == null) {
                    throw new IllegalArgumentException(
                            equals < 0 ? "it has no '='" : "there is no field '" + name + "'");
                } else {
                    values.add(part);
                }
            }
            if (subject != null) {
                terms.add(new Term(subject, negated, values));
            }
            return terms;
        }

        /** Names of the fields that terms look at. */
        public static String fields() {
            return Arrays.stream(Subject.values()).map(Subject::id).collect(Collectors.joining(", "));
        }

        private void add(String value) {
            if (value.isEmpty()) {
                throw new IllegalArgumentException("'" + text + "' has an empty value (- stands for none)");
            }
            switch (subject) {
                case CONDITION -> condition(value.toLowerCase(Locale.ROOT));
                case STATUS -> status(value.toLowerCase(Locale.ROOT));
                default -> {
                    if (value.equals(ABSENT)) {
                        absent = true;
                    } else {
                        globs.add(value.getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
        }

        private void condition(String value) {
            if (value.equals(FAILED)) {
                Arrays.stream(Condition.values()).filter(Condition::failure).forEach(conditions::add);
            } else {
                conditions.add(Condition.of(value)
                        .orElseThrow(() -> new IllegalArgumentException("there is no condition '" + value + "'")));
            }
        }

        private void status(String value) {
            boolean digits = value.chars().allMatch(c -> c >= '0' && c <= '9');
            if (value.equals(ABSENT)) {
                statuses.set(0);
            } else if (digits && value.length() <= 3) {
                statuses.set(Integer.parseInt(value) + 1);
            } else if (value.length() == 3
                    && value.endsWith("xx")
                    && value.charAt(0) >= '1'
                    && value.charAt(0) <= '9') {
                int first = (value.charAt(0) - '0') * 100;
                statuses.set(first + 1, first + 101);
            } else {
                throw new IllegalArgumentException("'" + value + "' is no status: 503, 5xx, or - for connections");
            }
        }

        private boolean accepts(Condition condition) {
            return subject != Subject.CONDITION || conditions.contains(condition) != negated;
        }

        private boolean accepts(ScannedLine line) {
            return switch (subject) {
                case CONDITION -> true;
                case STATUS -> statuses.get(line.status() + 1) != negated;
                default -> matches(line) != negated;
            };
        }

        private boolean matches(ScannedLine line) {
            byte[] value = line.bytes(subject.field);
            if (value == null) {
                return absent;
            }
            for (byte[] glob : globs) {
                int end = value.length;
                if (subject == Subject.PATH && indexOfQuery(glob) == glob.length) {
                    end = indexOfQuery(value);
                }
                if (matches(glob, value, end)) {
                    return true;
                }
            }
            return false;
        }

        /** Index of the first question mark, or the length. */
        private static int indexOfQuery(byte[] path) {
            int at = 0;
            while (at < path.length && path[at] != '?') {
                at++;
            }
            return at;
        }

        /** Whether the glob, in which only {@code *} is special, is all of the value. */
        private static boolean matches(byte[] glob, byte[] value, int end) {
            int g = 0;
            int v = 0;
            int star = -1;
            int afterStar = 0;
            while (v < end) {
                if (g < glob.length && glob[g] == '*') {
                    star = g++;
                    afterStar = v;
                } else if (g < glob.length && glob[g] == value[v]) {
                    g++;
                    v++;
                } else if (star >= 0) {
                    g = star + 1;
                    v = ++afterStar;
                } else {
                    return false;
                }
            }
            while (g < glob.length && glob[g] == '*') {
                g++;
            }
            return g == glob.length;
        }
    }

    /** A filter, or null where it would leave nothing out: the hot loop asks only that. */
    static @Nullable LineFilter orNull(LineFilter filter) {
        return filter.isAll() ? null : filter;
    }
}
