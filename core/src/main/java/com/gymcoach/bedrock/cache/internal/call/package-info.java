/** One call: its request, its call to Bedrock, its result, how it waits, and its record. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.call;

import org.jspecify.annotations.NullMarked;
