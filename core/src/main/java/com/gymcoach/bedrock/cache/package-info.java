/**
 * A cache in front of Amazon Bedrock: wrap the client that a service has with {@link
 * com.gymcoach.bedrock.cache.CachingBedrockClient} and go on calling the same interface.
 *
 * <p>This package is what a user types. {@code spi} is what a user may implement; everything below
 * {@code internal} may change in any release.
 */
@NullMarked
package com.gymcoach.bedrock.cache;

import org.jspecify.annotations.NullMarked;
