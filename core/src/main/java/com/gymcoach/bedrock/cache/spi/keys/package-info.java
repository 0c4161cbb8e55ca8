/** Cache keys: how an application replaces the key of a request. */
@NullMarked
package com.gymcoach.bedrock.cache.spi.keys;

import org.jspecify.annotations.NullMarked;
