/** Keeps up with the settings that operators change while this process runs. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.live;

import org.jspecify.annotations.NullMarked;
