/**
 * A hand-written AWS endpoint that serves any bundle over the wire protocols that the AWS SDK and the AWS CLI speak, and
 * the tests that collect from it.
 */
@NullMarked
package io.github.eastwest.aws;

import org.jspecify.annotations.NullMarked;
