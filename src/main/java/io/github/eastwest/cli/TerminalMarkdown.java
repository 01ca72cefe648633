package io.github.eastwest.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Sets the Markdown of our own pages as plain text of at most {@value #WIDTH} columns: headings underlined, paragraphs and
 * list items wrapped, tables aligned, code blocks left as they are, so that commands can be copied.
 */
final class TerminalMarkdown {
    /** Columns of the classic terminal. */
    static final int WIDTH = 80;

    private static final String GAP = "  ";
    private static final String CODE_INDENT = "    ";

    /** A column is not made narrower than this. */
    private static final int NARROWEST = 8;

    private final StringBuilder out = new StringBuilder();

    private TerminalMarkdown() {}

    /** Sets {@code markdown}; the result ends with one line feed. */
    static String set(String markdown) {
        TerminalMarkdown text = new TerminalMarkdown();
        text.blocks(markdown.lines().toList());
        return text.out.toString().strip() + "\n";
    }

    private void blocks(List<String> lines) {
        int i = 0;
        while (i < lines.size()) {
            String line = lines.get(i);
            int from = i;
            if (line.startsWith("```")) {
                i++;
                while (i < lines.size() && !lines.get(i).startsWith("```")) {
                    out.append(CODE_INDENT).append(lines.get(i)).append('\n');
                    i++;
                }
                i++;
                out.append('\n');
            } else if (line.startsWith("|")) {
                i = until(lines, i, next -> !next.startsWith("|"));
                table(lines.subList(from, i));
                out.append('\n');
            } else if (line.startsWith("#")) {
                i++;
                heading(line);
            } else if (line.startsWith("- ")) {
                i = until(lines, i + 1, TerminalMarkdown::endsItem);
                wrap(paragraph(lines.subList(from, i)).substring(2), "- ", GAP);
                if (i < lines.size() && !lines.get(i).startsWith("- ")) {
                    out.append('\n');
                }
            } else if (line.isBlank()) {
                i++;
            } else {
                i = until(lines, i + 1, next -> next.isBlank() || next.startsWith("```") || next.startsWith("|"));
                wrap(paragraph(lines.subList(from, i)), "", "");
                out.append('\n');
            }
        }
    }

    private static boolean endsItem(String line) {
        return line.isBlank() || line.startsWith("- ") || line.startsWith("#") || line.startsWith("```");
    }

    private static int until(List<String> lines, int from, Predicate<String> end) {
        int i = from;
        while (i < lines.size() && !end.test(lines.get(i))) {
            i++;
        }
        return i;
    }

    private static String paragraph(List<String> lines) {
        return inline(lines.stream().map(String::strip).collect(Collectors.joining(" ")));
    }

    private void heading(String line) {
        String text = inline(line.replaceFirst("^#+ *", ""));
        char rule = line.startsWith("##") ? '-' : '=';
        int start = out.length();
        wrap(text, "", "");
        int widest = out.substring(start)
                .lines()
                .mapToInt(TerminalMarkdown::width)
                .max()
                .orElse(0);
        out.append(String.valueOf(rule).repeat(widest)).append("\n\n");
    }

    private void table(List<String> lines) {
        List<List<String>> rows = new ArrayList<>();
        for (String line : lines) {
            if (!line.matches("\\|[-:| ]+\\|?")) {
                rows.add(Arrays.stream(line.strip().replaceAll("^\\||\\|$", "").split("(?<!\\\\)\\|"))
                        .map(cell -> inline(cell.strip().replace("\\|", "|")))
                        .toList());
            }
        }
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < row.size(); c++) {
                widths[c] = Math.max(widths[c], width(row.get(c)));
            }
        }
        while (Arrays.stream(widths).sum() + GAP.length() * (columns - 1) > WIDTH) {
            int widest = 0;
            for (int c = 1; c < columns; c++) {
                widest = widths[c] > widths[widest] ? c : widest;
            }
            if (widths[widest] <= NARROWEST) {
                break;
            }
            widths[widest]--;
        }
        for (int r = 0; r < rows.size(); r++) {
            row(rows.get(r), widths);
            if (r == 0) {
                row(Arrays.stream(widths).mapToObj("-"::repeat).toList(), widths);
            }
        }
    }

    private void row(List<String> cells, int[] widths) {
        List<List<String>> wrapped = new ArrayList<>();
        int height = 1;
        for (int c = 0; c < widths.length; c++) {
            List<String> lines = c < cells.size() ? lines(cells.get(c), widths[c]) : List.of("");
            wrapped.add(lines);
            height = Math.max(height, lines.size());
        }
        for (int l = 0; l < height; l++) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < widths.length; c++) {
                String cell = l < wrapped.get(c).size() ? wrapped.get(c).get(l) : "";
                line.append(cell).append(" ".repeat(widths[c] - width(cell))).append(GAP);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private void wrap(String text, String first, String rest) {
        String indent = first;
        for (String line : lines(text, WIDTH - rest.length())) {
            out.append(indent).append(line).append('\n');
            indent = rest;
        }
    }

    /** Breaks at blanks; a word that is too long breaks behind a separator of its own. */
    private static List<String> lines(String text, int columns) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" +")) {
            String rest = word;
            if (!line.isEmpty() && width(line) + 1 + width(rest) > columns) {
                lines.add(line.toString());
                line.setLength(0);
            }
            while (width(rest) > columns) {
                int cut = cut(rest, columns);
                lines.add(rest.substring(0, cut));
                rest = rest.substring(cut);
            }
            line.append(line.isEmpty() ? "" : " ").append(rest);
        }
        lines.add(line.toString());
        return lines;
    }

    private static int cut(String word, int columns) {
        int most = word.offsetByCodePoints(0, columns);
        for (int i = most; i > most / 2; i--) {
            if ("|{(/_,:;.-".indexOf(word.charAt(i - 1)) >= 0) {
                return i;
            }
        }
        return most;
    }

    /** Takes out emphasis; backticks stay, since they mark what to type or to look for. */
    private static String inline(String text) {
        StringBuilder plain = new StringBuilder();
        boolean code = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '`') {
                code = !code;
            }
            if (code || c != '*') {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private static int width(CharSequence text) {
        return (int) text.codePoints().count();
    }
}
