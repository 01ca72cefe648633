/**
 * Where finished reports can be sent, by those who ask for it: a bucket, a topic, a chat. The only room that writes anything
 * anywhere, each sink with an IAM statement of its own. A sink gets a report that is made already; if it fails, the report is
 * not lost.
 */
@NullMarked
package io.github.eastwest.publish;

import org.jspecify.annotations.NullMarked;
