package io.github.eastwest.render.html;

import io.github.eastwest.render.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Lines over columns of equal width. */
public final class LineChart {
    private LineChart() {}

    /**
     * A line.
     *
     * @param style class that draws it: {@code p50}, {@code p90}, {@code p99}, {@code caller}, {@code callee}, {@code plain}
     * @param name for the legend and the table
     * @param values one per column; empty where nothing was measured, which breaks the line
     */
    public record Line(String style, String name, List<OptionalDouble> values) {
        public Line {
            values = List.copyOf(values);
        }
    }

    /**
     * The columns.
     *
     * @param names one per column
     * @param ticks below the chart, left to right, evenly spaced
     */
    public record Columns(List<String> names, List<String> ticks) {
        public Columns {
            names = List.copyOf(names);
            ticks = List.copyOf(ticks);
        }
    }

    /**
     * The chart of those lines.
     *
     * @param label what it shows, for those who do not see it
     * @param first name of the columns in the table: {@code from}, {@code run}
     */
    public static Chart of(
            String label, String first, Columns columns, Scale scale, List<Line> lines, Chart.Overlay overlay) {
        List<List<String>> rows = new ArrayList<>();
        List<Chart.Hover> hovers = new ArrayList<>();
        int count = columns.names().size();
        for (int i = 0; i < count; i++) {
            List<String> row = new ArrayList<>(List.of(columns.names().get(i)));
            StringBuilder title = new StringBuilder(columns.names().get(i)).append(':');
            for (Line line : lines) {
                OptionalDouble value = line.values().get(i);
                String words = value.isPresent() ? scale.format().apply(value.getAsDouble()) : Units.ABSENT;
                row.add(words);
                title.append('\n').append(line.name()).append(' ').append(words);
            }
            rows.add(row);
            hovers.add(new Chart.Hover(
                    Charts.number(left(i, count)),
                    Charts.number(left(i + 1, count) - left(i, count)),
                    title.toString()));
        }
        List<String> head = new ArrayList<>(List.of(first));
        lines.forEach(line -> head.add(line.name()));
        return new Chart(
                label + " The table below has the numbers.",
                scale.ticks(),
                columns.ticks(),
                lines.stream()
                        .map(line -> new Chart.Shape(line.style(), path(line, count, scale)))
                        .toList(),
                hovers,
                overlay,
                lines.stream()
                        .map(line -> new Chart.Legend(line.style(), line.name()))
                        .toList(),
                new Chart.Table(head, rows));
    }

    private static double left(int column, int count) {
        return (double) Chart.WIDTH * column / count;
    }

    /** Lines between neighbours that both have a value; a value alone is a dot. */
    private static String path(Line line, int count, Scale scale) {
        StringBuilder path = new StringBuilder();
        boolean open = false;
        for (int i = 0; i < count; i++) {
            OptionalDouble value = line.values().get(i);
            if (value.isEmpty()) {
                open = false;
                continue;
            }
            double x = (left(i, count) + left(i + 1, count)) / 2;
            path.append(open ? 'L' : 'M')
                    .append(Charts.number(x))
                    .append(' ')
                    .append(Charts.number(Chart.HEIGHT - scale.above(value.getAsDouble())));
            if (!open) {
                path.append("h0.1");
            }
            open = true;
        }
        return path.toString();
    }
}
