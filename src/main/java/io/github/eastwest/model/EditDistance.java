package io.github.eastwest.model;

/** How many typing errors lie between two names. */
public final class EditDistance {
    /** Longer texts are no names; comparing them would cost time that grows with the product of their lengths. */
    private static final int LONGEST = 512;

    private EditDistance() {}

    /**
     * Insertions, deletions, replacements and swaps of neighbours that turn one name into the other (optimal string
     * alignment).
     *
     * @param limit answers from there on are not told apart
     * @return the distance, at most {@code limit}
     */
    public static int of(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit || a.length() > LONGEST || b.length() > LONGEST) {
            return limit;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return Math.min(limit, cost[a.length()][b.length()]);
    }
}
