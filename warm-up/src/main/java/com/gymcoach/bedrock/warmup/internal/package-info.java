/** Parts that are not API and may change at any time. */
@NullMarked
package com.gymcoach.bedrock.warmup.internal;

import org.jspecify.annotations.NullMarked;
