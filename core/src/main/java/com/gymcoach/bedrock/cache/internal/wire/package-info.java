/** Formats: Bedrock's JSON, canonical JSON and the stored envelope. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.wire;

import org.jspecify.annotations.NullMarked;
