/** Reads Bedrock's model invocation logs and reports what a cache would save. */
@NullMarked
package com.gymcoach.bedrock.examples.replay.logs;

import org.jspecify.annotations.NullMarked;
