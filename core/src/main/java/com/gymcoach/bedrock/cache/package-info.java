/**
 * A cache in front of Amazon Bedrock. Wrap a service's client with {@link
 * com.gymcoach.bedrock.cache.CachingBedrockClient} and keep calling the same interface.
 *
 * <p>This package is the API that applications call. Package {@code spi} holds the interfaces that
 * applications may implement. Everything below {@code internal} may change in any release.
 */
@NullMarked
package com.gymcoach.bedrock.cache;

import org.jspecify.annotations.NullMarked;
