/**
 * Lines: which format they have, what they say, and what many of them say together.
 *
 * <p>{@link io.github.eastwest.accesslog.AccessLogReader} turns a stream into events for a
 * {@link io.github.eastwest.accesslog.LineSink}. Below it, bytes are scanned in place: a
 * {@code LineScanner} tells the kind of each line and leaves offsets and numbers in one reusable {@code ScannedLine}; strings
 * and records are only made for those who ask for them.
 *
 * <p>Formats are told apart line by line, because one stream holds several kinds: access lines in text or JSON, outlier
 * events, Envoy's own log and the agent's. Input is hostile: lengths are bounded, no byte sequence may make the reader fail, and
 * every line is accounted for as access, outlier, proxy, unparsed or blank.
 */
@NullMarked
package io.github.eastwest.accesslog;

import org.jspecify.annotations.NullMarked;
