package io.github.eastwest.model.log;

import io.github.eastwest.model.Side;

/**
 * Where a line stands, so that every number can be traced to it.
 *
 * @param stream name of the log stream or file
 * @param line line number, from 1
 * @param side whose proxy wrote it
 */
public record LineRef(String stream, long line, Side side) {}
