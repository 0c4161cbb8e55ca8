/** Where settings come from that operators change while processes run. */
@NullMarked
package com.gymcoach.bedrock.cache.spi.settings;

import org.jspecify.annotations.NullMarked;
