/** A first day in production, played in minutes. */
@NullMarked
package com.gymcoach.bedrock.examples.load.day;

import org.jspecify.annotations.NullMarked;
