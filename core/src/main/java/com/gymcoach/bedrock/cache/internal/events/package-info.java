/** The events of a stream: copied while they pass, and replayed. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.events;

import org.jspecify.annotations.NullMarked;
