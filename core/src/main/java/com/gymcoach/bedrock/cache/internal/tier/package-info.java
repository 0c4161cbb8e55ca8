/** The hot tier and the envelope that the warm tier holds. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.tier;

import org.jspecify.annotations.NullMarked;
