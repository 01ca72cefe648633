/**
 * AWS by its SDK, the only place that knows it. {@link io.github.eastwest.collect.aws.SdkAws} opens clients and keeps
 * the time, {@code Reading} follows the pages of one call and repeats what failed in passing, one {@code …Api} per AWS API
 * says which method of the SDK's client answers which operation, {@code Shape} knows how an operation pages and how many
 * names it takes at once, {@code Documents} turns the SDK's objects into the documents of a bundle and back,
 * {@code Failures} says what went wrong, {@code Session} finds credentials, Region and endpoint, and {@code Connections}
 * counts, bounds and aborts HTTP exchanges.
 */
@NullMarked
package io.github.eastwest.collect.aws;

import org.jspecify.annotations.NullMarked;
