/**
 * Asks the requests of a file before traffic arrives: start with {@link
 * com.gymcoach.bedrock.warmup.WarmUp}.
 */
@NullMarked
package com.gymcoach.bedrock.warmup;

import org.jspecify.annotations.NullMarked;
