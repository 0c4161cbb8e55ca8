/** All that is known of a Bedrock operation: its key, its admission, its codec. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.sdk;

import org.jspecify.annotations.NullMarked;
