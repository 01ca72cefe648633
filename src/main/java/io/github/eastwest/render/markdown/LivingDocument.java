package io.github.eastwest.render.markdown;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A Markdown document that a machine and people write together, and that can be made anew without losing what people wrote.
 *
 * <p>Generated blocks stand between anchor lines:
 *
 * <pre>{@code
 * <!-- eastwest:begin impact 9f86d081884c7d65 -->
 * …
 * <!-- eastwest:end impact -->
 * }</pre>
 *
 * The number is a hash of the lines between. All else belongs to people. When the document is made anew:
 *
 * <ul>
 *   <li>text outside of blocks is kept, byte for byte, wherever it stands;
 *   <li>a block whose hash fits is replaced where it stands;
 *   <li>a block that somebody edited is kept, byte for byte, and its first anchor gets the word {@code edited};
 *   <li>a block that somebody deleted stays away: the first line of the document names the blocks that were written. Whoever
 *       takes its name out there gets it back;
 *   <li>a block that is new is put before the next block in the generated order, or at the end;
 *   <li>a block that is no longer generated is kept;
 *   <li>an anchor without its partner, or a second one of the same block, is text of people.
 * </ul>
 *
 * The document's line ends (LF or CRLF) are kept. Generated text cannot hold an anchor: what looks like one is broken.
 */
public final class LivingDocument {
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final String PREFIX = "<!-- eastwest:";
    private static final Pattern HEAD = Pattern.compile("<!-- eastwest:document ([^<>]*) -->[ \\t]*");
    private static final Pattern BEGIN =
            Pattern.compile("<!-- eastwest:begin ([A-Za-z0-9:/.-]{1,80}) ([0-9a-f]{16})( edited)? -->[ \\t]*");
    private static final Pattern END = Pattern.compile("<!-- eastwest:end ([A-Za-z0-9:/.-]{1,80}) -->[ \\t]*");
    private static final Pattern FIELD = Pattern.compile("([a-z]+)=(\\S*)");
    private static final String BLOCKS = "blocks";

    private LivingDocument() {}

    /**
     * A generated block.
     *
     * @param key its name
     * @param content Markdown
     * @param after text that people get to fill in, put behind the block once, when it is new
     */
    public record Block(String key, String content, String after) {
        public Block {
            if (!key.matches("[A-Za-z0-9:/.-]{1,80}")) {
                throw new IllegalArgumentException("no name of a block: " + key);
            }
        }
    }

    /**
     * A document made anew.
     *
     * @param text the document
     * @param messages what was kept or left out and why, for the user
     */
    public record Merged(String text, List<String> messages) {
        public Merged {
            messages = List.copyOf(messages);
        }
    }

    /**
     * A new document.
     *
     * @param fields what its first line tells; names of lower-case letters
     */
    public static String fresh(Map<String, String> fields, List<Block> blocks) {
        StringBuilder text =
                new StringBuilder(head(fields, blocks.stream().map(Block::key).toList()));
        text.append('\n');
        for (Block block : blocks) {
            text.append('\n').append(written(block, ""));
        }
        return text.toString();
    }

    /** What the first line of a document tells; empty when it is none of ours. */
    public static Optional<Map<String, String>> fields(String text) {
        for (Line line : lines(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text)) {
            Matcher head = HEAD.matcher(line.text());
            if (head.matches()) {
                Map<String, String> fields = new LinkedHashMap<>();
                Matcher field = FIELD.matcher(head.group(1));
                while (field.find()) {
                    decoded(field.group(2)).ifPresent(value -> fields.putIfAbsent(field.group(1), value));
                }
                return Optional.of(fields);
            }
        }
        return Optional.empty();
    }

    /** The document without its anchors, for readers of other formats. */
    public static String withoutAnchors(String text) {
        return lines(text).stream()
                .filter(line -> !HEAD.matcher(line.text()).matches()
                        && !BEGIN.matcher(line.text()).matches()
                        && !END.matcher(line.text()).matches())
                .map(line -> line.text() + "\n")
                .collect(Collectors.joining());
    }

    /** The document with its blocks made anew, see above. */
    public static Merged merge(String existing, Map<String, String> fields, List<Block> blocks) {
        if (existing.startsWith(BYTE_ORDER_MARK)) {
            Merged merged = merge(existing.substring(1), fields, blocks);
            return new Merged(BYTE_ORDER_MARK + merged.text(), merged.messages());
        }
        List<Line> lines = lines(existing);
        String lineEnd = lines.stream()
                .map(Line::end)
                .filter(end -> !end.isEmpty())
                .findFirst()
                .orElse("\n");
        List<String> messages = new ArrayList<>();
        Map<Integer, Found> found = found(lines, messages);
        Set<String> present = found.values().stream().map(Found::key).collect(Collectors.toSet());
        Set<String> whole = found.values().stream()
                .filter(block -> block.begin() >= 0)
                .map(Found::key)
                .collect(Collectors.toSet());
        List<String> known = fields(existing)
                .map(old -> List.of(old.getOrDefault(BLOCKS, "").split(",", -1)))
                .orElse(List.of());
        Map<String, Block> byKey = new HashMap<>();
        blocks.forEach(block -> byKey.put(block.key(), block));
        Map<String, List<Block>> before = insertions(blocks, present, whole, known, messages);
        Set<String> written = new LinkedHashSet<>(known);
        blocks.forEach(block -> written.add(block.key()));
        written.remove("");
        StringBuilder text = new StringBuilder(existing.length() + 4_000);
        boolean headSeen = false;
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            Found block = found.get(i);
            if (!headSeen && HEAD.matcher(line.text()).matches()) {
                headSeen = true;
                text.append(head(fields, written)).append(line.end());
            } else if (block == null) {
                text.append(line.text()).append(line.end());
            } else {
                for (Block added : before.getOrDefault(block.key(), List.of())) {
                    text.append(written(added, lineEnd)).append(lineEnd);
                }
                text.append(anew(block, lines, Optional.ofNullable(byKey.get(block.key())), messages));
                i = block.end();
            }
        }
        for (Block added : before.getOrDefault("", List.of())) {
            if (text.length() > 0 && text.charAt(text.length() - 1) != '\n') {
                text.append(lineEnd);
            }
            text.append(lineEnd).append(written(added, lineEnd));
        }
        if (!headSeen) {
            text.insert(0, head(fields, written) + lineEnd);
        }
        return new Merged(text.toString(), messages);
    }

    /** A line and what ends it: LF, CRLF, or nothing at the end of the text. */
    private record Line(String text, String end) {}

    /**
     * A block in a document.
     *
     * @param begin index of the line of its first anchor
     * @param end index of the line of its last anchor
     * @param hash the hash that the anchor names
     * @param edited whether the lines between have another
     */
    private record Found(String key, int begin, int end, String hash, boolean edited) {}

    /** The blocks by the line they begin at. */
    private static Map<Integer, Found> found(List<Line> lines, List<String> messages) {
        List<Found> candidates = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher begin = BEGIN.matcher(lines.get(i).text());
            if (!begin.matches()) {
                continue;
            }
            String key = begin.group(1);
            int end = endOf(key, i, lines);
            if (end < 0) {
                messages.add("block " + key + " has no end: kept as it is");
                // Whoever wrote in it must not get a second one beside it.
                candidates.add(new Found(key, -1, -1, "", true));
            } else {
                String hash =
                        hash(lines.subList(i + 1, end).stream().map(Line::text).toList());
                candidates.add(new Found(key, i, end, begin.group(2), !hash.equals(begin.group(2))));
                i = end;
            }
        }
        Map<Integer, Found> found = new LinkedHashMap<>();
        Set<String> taken = new HashSet<>();
        int damaged = -1;
        // Of several with the same name the first untouched one is the block; the others are somebody's copies.
        for (boolean edited : new boolean[] {false, true}) {
            for (Found candidate : candidates) {
                if (candidate.edited() == edited && taken.add(candidate.key())) {
                    found.put(candidate.begin() < 0 ? damaged-- : candidate.begin(), candidate);
                } else if (candidate.edited() == edited && candidate.begin() >= 0) {
                    messages.add("block " + candidate.key() + " is there more than once: one is made anew");
                }
            }
        }
        return found;
    }

    private static int endOf(String key, int begin, List<Line> lines) {
        for (int i = begin + 1; i < lines.size(); i++) {
            Matcher end = END.matcher(lines.get(i).text());
            if (end.matches() && end.group(1).equals(key)) {
                return i;
            }
            if (BEGIN.matcher(lines.get(i).text()).matches()) {
                return -1;
            }
        }
        return -1;
    }

    /** New blocks by the block that they are put before; by the empty name those that go to the end. */
    private static Map<String, List<Block>> insertions(
            List<Block> blocks, Set<String> present, Set<String> whole, List<String> known, List<String> messages) {
        Map<String, List<Block>> before = new LinkedHashMap<>();
        List<Block> waiting = new ArrayList<>();
        for (Block block : blocks) {
            if (whole.contains(block.key())) {
                before.computeIfAbsent(block.key(), any -> new ArrayList<>()).addAll(waiting);
                waiting.clear();
            } else if (present.contains(block.key())) {
                continue;
            } else if (known.contains(block.key())) {
                messages.add("block " + block.key()
                        + " was deleted: left out (take its name out of the first line to get" + " it back)");
            } else {
                waiting.add(block);
            }
        }
        before.put("", waiting);
        return before;
    }

    private static String anew(Found found, List<Line> lines, Optional<Block> block, List<String> messages) {
        Line first = lines.get(found.begin());
        Line last = lines.get(found.end());
        boolean keep = found.edited() || block.isEmpty();
        StringBuilder text = new StringBuilder();
        if (keep) {
            if (found.edited()) {
                messages.add("block " + found.key() + " was edited: kept as it is");
            }
            text.append(begin(found.key(), found.hash(), found.edited())).append(first.end());
            for (Line line : lines.subList(found.begin() + 1, found.end())) {
                text.append(line.text()).append(line.end());
            }
        } else {
            String content = content(block.get());
            text.append(begin(found.key(), hash(content.lines().toList()), false))
                    .append(first.end());
            content.lines().forEach(line -> text.append(line).append(first.end()));
        }
        return text.append(last.text()).append(last.end()).toString();
    }

    /** A block with its anchors and with what people fill in, in that line end; empty means LF. */
    private static String written(Block block, String lineEnd) {
        String content = content(block);
        String text = begin(block.key(), hash(content.lines().toList()), false) + "\n" + content + PREFIX + "end "
                + block.key() + " -->\n"
                + (block.after().isEmpty()
                        ? ""
                        : "\n" + unanchored(block.after()).stripTrailing() + "\n");
        return lineEnd.equals("\r\n") ? text.replace("\n", "\r\n") : text;
    }

    private static String begin(String key, String hash, boolean edited) {
        return PREFIX + "begin " + key + " " + hash + (edited ? " edited" : "") + " -->";
    }

    /** The lines of a block, each ended by LF, without spaces at their ends, which editors take away. */
    private static String content(Block block) {
        return unanchored(block.content())
                .strip()
                .lines()
                .map(String::stripTrailing)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Text in which nothing is an anchor. */
    private static String unanchored(String text) {
        return text.replace(PREFIX, "<!-- eastwest :");
    }

    private static String head(Map<String, String> fields, Iterable<String> blocks) {
        StringBuilder text = new StringBuilder(PREFIX).append("document");
        fields.forEach((name, value) ->
                text.append(' ').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return text.append(' ')
                .append(BLOCKS)
                .append('=')
                .append(String.join(",", blocks))
                .append(" -->")
                .toString();
    }

    private static Optional<String> decoded(String value) {
        try {
            return Optional.of(URLDecoder.decode(value, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException broken) {
            return Optional.empty();
        }
    }

    private static List<Line> lines(String text) {
        List<Line> lines = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int feed = text.indexOf('\n', from);
            if (feed < 0) {
                lines.add(new Line(text.substring(from), ""));
                break;
            }
            boolean carriage = feed > from && text.charAt(feed - 1) == '\r';
            lines.add(new Line(text.substring(from, carriage ? feed - 1 : feed), carriage ? "\r\n" : "\n"));
            from = feed + 1;
        }
        return lines;
    }

    /** Spaces at line ends do not count: editors take them away. */
    private static String hash(List<String> lines) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String line : lines) {
                digest.update(line.stripTrailing().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) '\n');
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
