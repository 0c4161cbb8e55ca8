/** What differs between the sync and the async facade. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.client;

import org.jspecify.annotations.NullMarked;
