/** Formats: Bedrock's JSON, canonical JSON, the stored envelope, compression. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.wire;

import org.jspecify.annotations.NullMarked;
