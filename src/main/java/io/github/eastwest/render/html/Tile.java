package io.github.eastwest.render.html;

/**
 * A number with its name and what it means.
 *
 * @param id anchor; empty for none
 * @param name what is counted
 * @param value with its unit; {@link io.github.eastwest.render.Units#ABSENT} or {@code not measured} where there is none
 * @param note how it was come by, or why there is none
 */
public record Tile(String id, String name, String value, String note) {}
