/** The AWS SDK: turns a {@link io.github.eastwest.collect.Call} into requests and the answers into plain documents. */
@NullMarked
package io.github.eastwest.collect.aws;

import org.jspecify.annotations.NullMarked;
