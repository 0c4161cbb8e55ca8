/** The calls of the sync and the async client, and the context of their callers. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.client;

import org.jspecify.annotations.NullMarked;
