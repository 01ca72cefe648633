package io.github.eastwest.render.html;

import io.github.eastwest.render.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.DoubleFunction;

/**
 * The vertical axis of a chart.
 *
 * @param low value at the ground
 * @param high value at the top
 * @param logarithmic whether equal steps are equal factors
 * @param ticks top to bottom, evenly spaced
 * @param format words for a value
 */
public record Scale(double low, double high, boolean logarithmic, List<String> ticks, DoubleFunction<String> format) {
    public Scale {
        ticks = List.copyOf(ticks);
    }

    /** From 0 to the next number that reads well. */
    public static Scale linear(double highest, DoubleFunction<String> format) {
        double top = top(highest);
        return new Scale(0, top, false, List.of(format.apply(top), format.apply(top / 2), format.apply(0)), format);
    }

    /** Shares from {@code lowest} to 1, written as percent. */
    public static Scale shares(double lowest) {
        double low = lowest >= 0.9 ? 0.9 : lowest >= 0.5 ? 0.5 : 0;
        DoubleFunction<String> percent = share -> Charts.number(100 * share) + Units.THIN_SPACE + "%";
        return new Scale(
                low, 1, false, List.of(percent.apply(1), percent.apply((1 + low) / 2), percent.apply(low)), percent);
    }

    /** Whole decades of milliseconds around those values. */
    public static Scale millis(long lowest, long highest) {
        int low = (int) StrictMath.floor(log(lowest));
        int high = Math.max(low + 1, (int) StrictMath.ceil(log(highest)));
        List<String> ticks = new ArrayList<>();
        for (int decade = high; decade >= low; decade--) {
            ticks.add(Units.millis(OptionalLong.of((long) StrictMath.pow(10, decade))));
        }
        return new Scale(low, high, true, ticks, value -> Units.millis(OptionalLong.of(StrictMath.round(value))));
    }

    /** How far above the ground a value lies, in the chart's units; cut at both ends. */
    double above(double value) {
        double at = ((logarithmic ? log(value) : value) - low) / (high - low);
        return Chart.HEIGHT * Math.max(0, Math.min(1, at));
    }

    private static double log(double value) {
        return StrictMath.log10(Math.max(1, value));
    }

    /** 1, 2, 4 or 6 times a power of ten, whichever is next: its half reads well too. */
    static double top(double highest) {
        if (!(highest > 0) || Double.isInfinite(highest)) {
            return 1;
        }
        double unit = StrictMath.pow(10, StrictMath.floor(StrictMath.log10(highest)));
        for (double digits : new double[] {1, 2, 4, 6, 8}) {
            if (digits * unit >= highest) {
                return digits * unit;
            }
        }
        return 10 * unit;
    }
}
