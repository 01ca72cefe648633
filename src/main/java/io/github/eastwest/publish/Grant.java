package io.github.eastwest.publish;

/**
 * What an IAM policy must allow for a sink.
 *
 * @param sid name of the statement
 * @param action IAM action
 * @param resource ARN, possibly with a star at its end
 */
public record Grant(String sid, String action, String resource) {}
