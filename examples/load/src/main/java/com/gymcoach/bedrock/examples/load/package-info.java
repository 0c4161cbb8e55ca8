/** Puts the cache under load and checks every answer. */
@NullMarked
package com.gymcoach.bedrock.examples.load;

import org.jspecify.annotations.NullMarked;
