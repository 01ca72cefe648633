package io.github.eastwest.render.slack;

import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import io.github.eastwest.render.json.JsonTree;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A message in Block Kit JSON, for {@code chat.postMessage} and for incoming webhooks.
 *
 * <p>Slack refuses a message as a whole when one block is out of bounds, so the documented limits are kept here: 50 blocks,
 * 150 characters of a header, 3000 of a section's text. Foreign text is inert: {@code & < >} are entities, so that no mention
 * or link can be written; nothing is linked by itself ({@code verbatim}); and a character that would open or close bold,
 * italic, strike-through or code is replaced by one that only looks like it, since mrkdwn has no escape for them.
 */
public final class SlackMessage {
    /** Blocks of a message. */
    public static final int MAX_BLOCKS = 50;

    /** Characters of a header. */
    public static final int MAX_HEADER = 150;

    /** Characters of a section's text. */
    public static final int MAX_SECTION = 3_000;

    /** Characters of the sentence beside the blocks; Slack cuts at 40 000. */
    private static final int MAX_FALLBACK = 500;

    /** Entities and Slack's own counting can lengthen a text: stay away from the limit. */
    private static final int ROOM = 40;

    private static final Pattern CODE_FENCE = Pattern.compile("```");

    private final List<Map<String, Object>> blocks = new ArrayList<>();
    private final String fallback;
    private boolean full;

    /** @param fallback one plain sentence for notifications and clients that show no blocks */
    public SlackMessage(String fallback) {
        this.fallback = text(fallback, MAX_FALLBACK);
    }

    /** A line in large letters; cut where it is too long. */
    public SlackMessage header(String plain) {
        // Plain text still reads entities, so that a cut header must not end inside of one: it has none of the three.
        String clean = Foreign.clean(plain).replace('&', '+').replace('<', '(').replace('>', ')');
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("type", "plain_text");
        text.put("text", cut(clean, MAX_HEADER));
        text.put("emoji", false);
        return block("header", text);
    }

    /** Text made by {@link #text}, {@link #bold} and {@link #code}, joined. Too long a text is cut at a line's end. */
    public SlackMessage section(String mrkdwn) {
        return block("section", mrkdwn(mrkdwn));
    }

    /** Small print, of parts as for {@link #section}. */
    public SlackMessage context(String mrkdwn) {
        Map<String, Object> block = new LinkedHashMap<>();
        block.put("type", "context");
        block.put("elements", List.of(mrkdwn(mrkdwn)));
        return add(block);
    }

    /** A line between sections. */
    public SlackMessage divider() {
        Map<String, Object> block = new LinkedHashMap<>();
        block.put("type", "divider");
        return add(block);
    }

    /** How many blocks fit in beside those that are there. */
    public int room() {
        return MAX_BLOCKS - blocks.size();
    }

    /** Writes the message with a line feed at the end; {@code out} stays open. */
    public void write(OutputStream out) throws IOException {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("text", fallback);
        message.put("blocks", blocks);
        message.put("unfurl_links", false);
        message.put("unfurl_media", false);
        JsonTree.write(message, out);
    }

    /** Foreign text on one line, as it is, of at most about {@code max} characters. */
    public static String text(String foreign, int max) {
        String clean = Foreign.clean(foreign, max).replace(Units.THIN_SPACE, ' ');
        StringBuilder inert = new StringBuilder(clean.length() + 16);
        for (int i = 0; i < clean.length(); i++) {
            char c = clean.charAt(i);
            switch (c) {
                case '&' -> inert.append("&amp;");
                case '<' -> inert.append("&lt;");
                case '>' -> inert.append("&gt;");
                case '`' -> inert.append('\u02CB');
                case '*' -> inert.append(insideWord(clean, i) ? c : '\u2217');
                case '_' -> inert.append(insideWord(clean, i) ? c : '\uFF3F');
                case '~' -> inert.append(insideWord(clean, i) ? c : '\u223C');
                default -> inert.append(c);
            }
        }
        return inert.toString();
    }

    /** Foreign text in bold. */
    public static String bold(String foreign, int max) {
        String inert = text(foreign, max).strip();
        return inert.isEmpty() ? "" : "*" + inert + "*";
    }

    /** A command that can be copied, as a block of its own; one that does not fit a section is left out whole. */
    public static String code(String command) {
        String clean = Foreign.command(command);
        String escaped = clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        boolean fits = escaped.length() <= MAX_SECTION - ROOM
                && !CODE_FENCE.matcher(clean).find();
        return "```\n" + (fits ? escaped : "# see the JSON report") + "\n```";
    }

    private SlackMessage block(String type, Map<String, Object> text) {
        Map<String, Object> block = new LinkedHashMap<>();
        block.put("type", type);
        block.put("text", text);
        return add(block);
    }

    private SlackMessage add(Map<String, Object> block) {
        if (blocks.size() < MAX_BLOCKS - 1) {
            blocks.add(block);
        } else if (!full) {
            full = true;
            Map<String, Object> more = new LinkedHashMap<>();
            more.put("type", "context");
            more.put("elements", List.of(mrkdwn("\u2026 more than a message can hold: see the JSON report")));
            blocks.add(more);
        }
        return this;
    }

    private static Map<String, Object> mrkdwn(String text) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", "mrkdwn");
        object.put("text", cutAtLine(text));
        object.put("verbatim", true);
        return object;
    }

    private static String cutAtLine(String text) {
        if (text.length() <= MAX_SECTION) {
            return text;
        }
        // Whole lines only: half an entity or half a code block would change what follows.
        int end = text.lastIndexOf('\n', MAX_SECTION - ROOM);
        String head = end < 0 ? "" : text.substring(0, end);
        boolean open = CODE_FENCE.matcher(head).results().count() % 2 == 1;
        return head + (open ? "\n```" : "") + "\n\u2026 see the JSON report";
    }

    private static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = max - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "\u2026";
    }

    private static boolean insideWord(String text, int i) {
        return i > 0
                && i + 1 < text.length()
                && isWordCharacter(text.charAt(i - 1))
                && isWordCharacter(text.charAt(i + 1));
    }

    private static boolean isWordCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
}
