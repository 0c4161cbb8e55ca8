/** Replays traces of calls against the cache. */
@NullMarked
package com.gymcoach.bedrock.examples.replay;

import org.jspecify.annotations.NullMarked;
