package io.github.eastwest.collect;

import io.github.eastwest.model.Side;

/**
 * A call that was made or, in a dry run, would be.
 *
 * @param operation what is called
 * @param side whose account and credentials it uses
 * @param command the same as an AWS CLI command line; what depends on an earlier answer is written in capitals
 * @param step how many calls must be answered one after the other until this one's answer is there, itself included
 * @param requests HTTP requests that it took, pages and retries included; in a dry run how many it would take at least
 * @param made whether it was really made
 */
public record PlannedCall(Operation operation, Side side, String command, int step, int requests, boolean made) {}
