package io.github.eastwest.model.ecs;

/**
 * A CloudWatch log group.
 *
 * @param name its name
 * @param logClass STANDARD, INFREQUENT_ACCESS or DELIVERY; empty when absent
 */
public record LogGroup(String name, String logClass) {}
